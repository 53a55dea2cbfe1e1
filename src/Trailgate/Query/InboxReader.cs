using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Query;

/// <summary>
/// Reads the batches that wait in the inbox, each as a stream. What a batch holds is remembered by its name, so that a
/// repeated query or count opens only the batches that are new or can match.
/// </summary>
public sealed partial class InboxReader(IBlobStore blobs, ILogger<InboxReader> logger)
{
    // About 15 MB at most; beyond it batches are read again each time.
    private const int MaxRemembered = 50_000;

    private readonly ConcurrentDictionary<BlobName, BatchFacts> _facts = new();

    /// <summary>Sees each event line of a batch; it is valid during the call only.</summary>
    internal delegate void LineVisitor(ReadOnlySpan<byte> line);

    /// <summary>The batches that wait, oldest first. What is remembered of batches that are gone is forgotten.</summary>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<IReadOnlyList<BlobName>> ListAsync(CancellationToken cancellationToken)
    {
        var batches = new List<BlobName>();
        await foreach (var entry in blobs.ListAsync(Containers.Inbox, BatchName.Prefix, after: null, cancellationToken))
        {
            batches.Add(entry.Name);
        }

        if (!_facts.IsEmpty)
        {
            var waiting = batches.ToHashSet();
            foreach (var name in _facts.Keys)
            {
                // A batch that came after the listing may go too: it is read once more, nothing worse.
                if (!waiting.Contains(name))
                {
                    _facts.TryRemove(name, out _);
                }
            }
        }

        return batches;
    }

    /// <summary>What is known of a batch without reading it; null when it was not read before.</summary>
    internal BatchFacts? Known(BlobName batch) => _facts.GetValueOrDefault(batch);

    /// <summary>What a batch holds; null when it is gone.</summary>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    internal async ValueTask<BatchFacts?> CountAsync(BlobName batch, CancellationToken cancellationToken) =>
        Known(batch) ?? await ReadAsync(batch, static _ => { }, cancellationToken);

    /// <summary>
    /// Shows the lines of a batch, its events at least: a line that reads as no event may be among them. Null when the
    /// batch is gone: then the archive has its events.
    /// </summary>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    internal async Task<BatchFacts?> ReadAsync(BlobName batch, LineVisitor visit, CancellationToken cancellationToken)
    {
        try
        {
            if (await blobs.OpenReadAsync(batch, 0, null, cancellationToken) is not { } stream)
            {
                return null;
            }

            await using var lines = new LineReader(stream);
            return Known(batch) is { } known
                ? await VisitAsync(lines, known, visit, cancellationToken)
                : await CountAsync(batch, lines, visit, cancellationToken);
        }
        catch (StorageException)
        {
            // A store may break the stream of a blob that is deleted under it.
            if (await blobs.ExistsAsync(batch, cancellationToken))
            {
                throw;
            }

            return null;
        }
    }

    private static async Task<BatchFacts> VisitAsync(LineReader lines, BatchFacts facts, LineVisitor visit, CancellationToken cancellationToken)
    {
        while (await lines.FillAsync(cancellationToken))
        {
            while (lines.TryTake(out var line))
            {
                visit(line);
            }
        }

        return facts;
    }

    private async Task<BatchFacts> CountAsync(BlobName batch, LineReader lines, LineVisitor visit, CancellationToken cancellationToken)
    {
        var count = new BatchCount();
        while (await lines.FillAsync(cancellationToken))
        {
            while (lines.TryTake(out var line))
            {
                if (count.Add(line))
                {
                    visit(line);
                }
            }
        }

        var facts = count.Finish(cutOff: lines.HasRest);
        if (facts.Damaged)
        {
            LogDamaged(batch);
        }

        if (_facts.Count < MaxRemembered)
        {
            _facts[batch] = facts;
        }

        return facts;
    }

    [LoggerMessage(LogLevel.Warning, "The batch {Batch} is damaged: only the lines that could be read are shown and counted.")]
    private partial void LogDamaged(BlobName batch);
}
