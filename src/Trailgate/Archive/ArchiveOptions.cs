using Microsoft.Extensions.Options;
using Trailgate.Storage;

namespace Trailgate.Archive;

/// <summary>Settings of the archive run.</summary>
public sealed class ArchiveOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Trailgate:Archive";

    /// <summary>When runs start: NCRONTAB with five or six fields (the first of six are seconds), UTC.</summary>
    public string Schedule { get; set; } = "0 */5 * * * *";

    /// <summary>
    /// Most bytes of batches in one plan: 1 MiB to 256 MiB. A run holds them in memory; a single larger batch is a plan of
    /// its own. With 32 MiB a process that only archives peaks at about 200 MB, with 64 MiB at 400 MB.
    /// </summary>
    public long PlanBytes { get; set; } = 32L << 20;

    /// <summary>Most batches in one plan: 1 to 10,000.</summary>
    public int PlanBatches { get; set; } = 10_000;

    /// <summary>
    /// Names the default store in the first line of its ledger notes: 1 to 200 printable ASCII characters, no space, no plus
    /// sign. In the notes of another store a slash and its name follow.
    /// </summary>
    public string Origin { get; set; } = "trailgate";

    /// <summary>Longest silence of the ledger: after it a note is written though nothing came. One minute to one day.</summary>
    public TimeSpan NoteInterval { get; set; } = TimeSpan.FromHours(1);

    internal string OriginOf(Store store) => store.IsDefault ? Origin : $"{Origin}/{store.Name}";
}

/// <summary>Checks <see cref="ArchiveOptions"/> and reports every error at once, by the full name of the setting.</summary>
public sealed class ArchiveOptionsValidator(TimeProvider time) : IValidateOptions<ArchiveOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, ArchiveOptions options)
    {
        var errors = new List<string>();
        if (!ArchiveSchedule.TryParse(options.Schedule, out var schedule, out var error))
        {
            errors.Add($"{ArchiveOptions.Section}:{nameof(options.Schedule)}: {error}");
        }
        else if (schedule.Next(time.GetUtcNow()) is null)
        {
            errors.Add($"{ArchiveOptions.Section}:{nameof(options.Schedule)}: the schedule never comes due; does its month have that day?");
        }

        if (options.PlanBytes is < 1L << 20 or > 256L << 20)
        {
            errors.Add($"{ArchiveOptions.Section}:{nameof(options.PlanBytes)}: must be 1048576 (1 MiB) to 268435456 (256 MiB).");
        }

        if (options.PlanBatches is < 1 or > 10_000)
        {
            errors.Add($"{ArchiveOptions.Section}:{nameof(options.PlanBatches)}: must be 1 to 10000.");
        }

        if (options.Origin is null || !LedgerNote.IsValidOrigin(options.Origin))
        {
            errors.Add($"{ArchiveOptions.Section}:{nameof(options.Origin)}: must be 1 to 200 printable ASCII characters without spaces and plus signs.");
        }

        if (options.NoteInterval < TimeSpan.FromMinutes(1) || options.NoteInterval > TimeSpan.FromDays(1))
        {
            errors.Add($"{ArchiveOptions.Section}:{nameof(options.NoteInterval)}: must be 00:01:00 to 1.00:00:00.");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
