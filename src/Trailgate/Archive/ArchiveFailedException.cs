namespace Trailgate.Archive;

/// <summary>The archive runs of one store or more failed. What was accepted is in their inboxes, and the next run goes on.</summary>
public sealed class ArchiveFailedException : Exception
{
    internal ArchiveFailedException(IReadOnlyList<(string Store, Exception Failure)> failures, ArchiveSummary done)
        : base(string.Join(' ', failures.Select(Describe)), failures[0].Failure)
    {
        Failures = failures;
        Done = done;
    }

    /// <summary>What failed, by the name of the store.</summary>
    public IReadOnlyList<(string Store, Exception Failure)> Failures { get; }

    /// <summary>What the runs of the other stores did.</summary>
    public ArchiveSummary Done { get; }

    /// <summary>One failure in one sentence or more.</summary>
    public static string Describe((string Store, Exception Failure) failure) => $"The archive run of the store '{failure.Store}' failed: {failure.Failure.Message}";
}
