using Microsoft.Extensions.Options;

namespace Trailgate.Ingest;

/// <summary>Limits of what one request may send, and of what is worked on at once.</summary>
public sealed class IngestOptions : IValidateOptions<IngestOptions>
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Trailgate:Ingest";

    /// <summary>Longest body on the wire, in bytes; 413 beyond it. 1 KiB to 256 MiB.</summary>
    public int MaxBodyBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Longest body after decompression, in bytes; 413 beyond it. 1 KiB to 1 GiB.</summary>
    public int MaxInflatedBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Most raw events in one body; 413 beyond it. 1 to 100,000.</summary>
    public int MaxEvents { get; set; } = 10_000;

    /// <summary>Deepest nesting of an event, itself counted; deeper ones go to the quarantine. 4 to 128.</summary>
    public int MaxDepth { get; set; } = 64;

    /// <summary>
    /// Bytes of bodies that may be in memory at once, wire and inflated; 503 beyond it. At least what one body may have.
    /// </summary>
    public long InFlightBytes { get; set; } = 128 * 1024 * 1024;

    /// <summary>
    /// Commits of one store that may be under way at once, 1 to 16. More make smaller batches, and as many more flushes on a
    /// disk and requests to an account. One was fastest on both, and with an account up to 10 ms away it kept up with
    /// the rest: what waits for it goes with the next (<c>Trailgate.Benchmarks -- commits</c>, figures in the README).
    /// </summary>
    public int Commits { get; set; } = 1;

    /// <summary>Whether every answer carries a signed receipt, not only those whose sender asks (<c>Prefer: receipt</c>).</summary>
    public bool Receipts { get; set; }

    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, IngestOptions options)
    {
        List<string> faults = [];
        Check(faults, nameof(MaxBodyBytes), options.MaxBodyBytes, 1024, 256 * 1024 * 1024);
        Check(faults, nameof(MaxInflatedBytes), options.MaxInflatedBytes, 1024, 1024 * 1024 * 1024);
        Check(faults, nameof(MaxEvents), options.MaxEvents, 1, 100_000);
        Check(faults, nameof(MaxDepth), options.MaxDepth, 4, 128);
        Check(faults, nameof(Commits), options.Commits, 1, 16);
        if (options.InFlightBytes < (long)options.MaxBodyBytes + options.MaxInflatedBytes)
        {
            faults.Add($"{Section}:InFlightBytes is {options.InFlightBytes}; it must be at least MaxBodyBytes + MaxInflatedBytes = {(long)options.MaxBodyBytes + options.MaxInflatedBytes}, or one allowed body could never be taken.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static void Check(List<string> faults, string setting, int value, int low, int high)
    {
        if (value < low || value > high)
        {
            faults.Add($"{Section}:{setting} is {value}; it must be {low} to {high}.");
        }
    }
}
