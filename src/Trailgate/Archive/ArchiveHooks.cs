using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Archive;

/// <summary>What the archive runs of one store ask of others.</summary>
/// <param name="RaiseAsync">
/// Raises an alert of the rule <c>pipeline</c>: a subject, stable for the same trouble so that it is told once, and a message.
/// </param>
/// <param name="CatchUpAsync">
/// Called for every batch before the run deletes it: does what a crash right after its commit left undone. It may be
/// called again for the same batch; what it throws stops the run before anything is deleted.
/// </param>
public sealed record ArchiveHooks(
    Func<string, string, CancellationToken, Task> RaiseAsync,
    Func<BlobName, Batch, CancellationToken, Task> CatchUpAsync)
{
    /// <summary>Called when everything is archived: brings the index up to it. What it throws is told and harms no run, for queries do without.</summary>
    public Func<CancellationToken, Task> IndexAsync { get; init; } = static _ => Task.CompletedTask;

    /// <summary>Called when a run has come to its end: looks whether everything that was received is somewhere.</summary>
    public Func<CancellationToken, Task> CheckAsync { get; init; } = static _ => Task.CompletedTask;
}
