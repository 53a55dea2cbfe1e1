namespace Trailgate.Cli.Verify;

/// <summary>What the command line says.</summary>
internal sealed record VerifyArguments
{
    public string? Data { get; init; }
    public string? Connection { get; init; }
    public IReadOnlyList<string> Stores { get; init; } = [];
    public IReadOnlyList<string> Keys { get; init; } = [];
    public string? Head { get; init; }
    public string? Cadence { get; init; }
    public string? Proof { get; init; }
    public string? Receipts { get; init; }
    public bool Json { get; init; }
}
