using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Archive;

/// <summary>What an archive run tells people. A subject is the same for the same trouble, so that it is told once.</summary>
internal static class PipelineAlerts
{
    public static string DamagedBatch(string batch) => $"archive: damaged batch {batch}";

    public static string DamagedBatchMessage(string batch, string damage) =>
        $"The batch inbox/{batch} can not be archived: {damage}. It was left where it is, and its events are not in the archive.";

    // Stays the same until the clock has passed the time of the note, so that it is told once.
    public static string ClockBehind(DateTimeOffset noteTime) => $"archive: the clock is behind the ledger's {EventTime.From(noteTime)}";

    public static string ClockBehindMessage(LedgerNote last, DateTimeOffset now) =>
        $"It is {EventTime.From(now)} here, and note {last.Sequence} of the ledger is of {EventTime.From(last.Time)}: this clock is wrong, or another was. "
        + "Archiving goes on. Notes keep that time until the clock has passed it.";

    public static string FailedRun(Exception e) => e switch
    {
        ArchiveConflictException conflict => $"archive: conflict at {conflict.Blob}",
        ArchiveDamagedException damaged => $"archive: damaged {damaged.Blob}",
        StorageException => "archive: the storage fails",
        _ => $"archive: {e.GetType().Name}",
    };

    // The message of an exception that nobody expected may hold a piece of an event: it stays in the log.
    public static string FailedRunMessage(Exception e) =>
        "The archive run failed and will be repeated. Nothing is lost; accepted events wait in the inbox. "
        + (e is ArchiveConflictException or ArchiveDamagedException or StorageException ? $"{e.GetType().Name}: {e.Message}" : $"{e.GetType().Name}; the log has the details.");
}
