using Trailgate.Storage;

namespace Trailgate.Verify;

/// <summary>What the checks of one store share.</summary>
internal sealed record VerifyScope(IBlobStore Blobs, VerifyOptions Options, Findings Findings, VerifyTotals Totals)
{
    /// <summary>Reads a blob of at most so many bytes; null when there is none, or it has more.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(BlobName name, int maxBytes, CancellationToken cancellationToken)
    {
        var read = await BlobBytes.ReadAsync(Blobs, name, maxBytes, cancellationToken);
        // Not a conditional expression: null would become empty memory in it.
        if (!read.Exists || read.TooLarge)
        {
            return null;
        }

        return read.Bytes;
    }
}

/// <summary>What was gone through, counted from all threads.</summary>
internal sealed class VerifyTotals(Action<VerifyProgress>? report)
{
    private long _notes;
    private long _manifests;
    private long _segments;
    private long _events;
    private long _overflows;
    private long _storedBytes;
    private long _lineBytes;
    private long _idsNotRecomputed;

    public long Notes => Interlocked.Read(ref _notes);
    public long Manifests => Interlocked.Read(ref _manifests);
    public long Segments => Interlocked.Read(ref _segments);
    public long Events => Interlocked.Read(ref _events);
    public long Overflows => Interlocked.Read(ref _overflows);
    public long StoredBytes => Interlocked.Read(ref _storedBytes);
    public long LineBytes => Interlocked.Read(ref _lineBytes);
    public long IdsNotRecomputed => Interlocked.Read(ref _idsNotRecomputed);

    /// <summary>How many events the notes promise, once the ledger was read: what progress is measured by.</summary>
    public long ExpectedEvents { get; set; }

    public void AddNote(long bytes)
    {
        Interlocked.Increment(ref _notes);
        Interlocked.Add(ref _storedBytes, bytes);
        Report();
    }

    public void AddManifest(long bytes)
    {
        Interlocked.Increment(ref _manifests);
        Interlocked.Add(ref _storedBytes, bytes);
        Report();
    }

    public void AddOverflow(long bytes)
    {
        Interlocked.Increment(ref _overflows);
        Interlocked.Add(ref _storedBytes, bytes);
        Report();
    }

    public void AddSegment(SegmentReading reading)
    {
        Interlocked.Increment(ref _segments);
        Interlocked.Add(ref _events, reading.Lines);
        Interlocked.Add(ref _storedBytes, reading.StoredBytes);
        Interlocked.Add(ref _lineBytes, reading.UncompressedBytes);
        Interlocked.Add(ref _idsNotRecomputed, reading.NotRecomputed);
        Report();
    }

    private void Report() => report?.Invoke(new VerifyProgress(Notes, Manifests, Segments, Events, ExpectedEvents, StoredBytes));
}
