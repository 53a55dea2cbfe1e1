using Trailgate.Storage;

namespace Trailgate.Ingest;

/// <summary>A durable batch whose alerts are still to be queued, and the submissions that wait for that.</summary>
/// <param name="Name">The batch.</param>
/// <param name="Matching">Copies of the lines that a rule matches.</param>
/// <param name="Quarantined">How many items of the batch are no event.</param>
/// <param name="Waiting">Who waits.</param>
internal sealed record CommittedBatch(
    BlobName Name, IReadOnlyList<ReadOnlyMemory<byte>> Matching, int Quarantined, List<PendingSubmission> Waiting);
