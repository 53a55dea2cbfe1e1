using System.Security.Cryptography;
using System.Text;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Ingest;
using Trailgate.Signing;
using Trailgate.Storage;

namespace Trailgate.Verify;

/// <summary>
/// Checks receipts against stores: whether a trusted key signed each, and whether every event that it names stands in the
/// archive, under manifests that lead to a signed note, or still waits in the inbox. A copy that another batch brought
/// counts: it has the same id, and with it the same content.
/// </summary>
public sealed class ReceiptCheck(IReadOnlyList<Store> stores, TrustedKeys trusted)
{
    /// <summary>Largest file that is read.</summary>
    public const int MaxBytes = 256 * 1024 * 1024;

    private readonly Dictionary<(EventId Id, Region Region), bool> _wanted = [];
    private readonly Dictionary<string, string> _batches = new(StringComparer.Ordinal);

    /// <summary>Checks a file of receipts.</summary>
    /// <param name="text">Its content: see <see cref="ReceiptFile"/>.</param>
    /// <param name="cancellationToken">Stops the check.</param>
    /// <exception cref="ArchiveDamagedException">The archive itself does not hold: nothing can be said by it.</exception>
    /// <exception cref="StorageException">A store could not do it; a retry is safe.</exception>
    public async Task<ReceiptReport> RunAsync(string text, CancellationToken cancellationToken)
    {
        var findings = new List<ReceiptFinding>();
        var receipts = new List<(long Line, Receipt Receipt)>();
        var (count, others) = (0L, 0L);
        foreach (var (line, note, isOtherAnswer) in ReceiptFile.Read(text))
        {
            if (isOtherAnswer)
            {
                others++;
                continue;
            }

            count++;
            if (Read(note, out var problem) is { } receipt)
            {
                receipts.Add((line, receipt));
                foreach (var item in receipt.Batches.SelectMany(batch => batch.Events))
                {
                    _wanted[item] = false;
                }
            }
            else
            {
                findings.Add(new ReceiptFinding(line, problem));
            }
        }

        var waiting = 0L;
        foreach (var store in stores)
        {
            // The inbox first: what leaves it meanwhile is in the archive then.
            waiting += await LookIntoInboxAsync(store, cancellationToken);
            await LookIntoArchiveAsync(store, cancellationToken);
        }

        foreach (var (line, receipt) in receipts)
        {
            findings.AddRange(Judge(line, receipt));
        }

        return new ReceiptReport
        {
            Receipts = count,
            WithoutReceipt = others,
            Events = _wanted.Count,
            Waiting = waiting,
            Findings = [.. findings.OrderBy(finding => finding.Line)],
        };
    }

    private bool IsChecked(string store) => stores.Any(known => known.Name == store);

    private Receipt? Read(string? text, out string problem)
    {
        if (text is null)
        {
            problem = "no receipt can be read here";
            return null;
        }

        if (!SignedNote.TryRead(Encoding.UTF8.GetBytes(text), out var note, out var fault))
        {
            problem = $"the receipt {fault}";
            return null;
        }

        var verdict = note.Check(trusted);
        problem = verdict switch
        {
            NoteVerdict.Valid => "what is signed is no receipt",
            NoteVerdict.NotSigned => "the receipt is not signed",
            NoteVerdict.UnknownKey => "the receipt is signed by none of the given keys",
            _ => "the signature is wrong: the receipt was changed, or is not of the given key",
        };
        return verdict == NoteVerdict.Valid && Receipt.TryRead(note.Text, out var receipt) ? receipt : null;
    }

    private async Task<long> LookIntoInboxAsync(Store store, CancellationToken cancellationToken)
    {
        var waiting = 0L;
        await foreach (var path in store.Blobs.ListPathsAsync(Containers.Inbox, BatchName.Prefix, cancellationToken))
        {
            if (await store.Blobs.ReadAsync(new BlobName(Containers.Inbox, path), cancellationToken) is not { } blob
                || BatchItems.Read(blob.Bytes, out _) is not { } items)
            {
                continue; // gone to the archive, or damaged: then it vouches for nothing
            }

            _batches[$"{store.Name} {path}"] = Convert.ToHexStringLower(SHA256.HashData(blob.Bytes.Span));
            foreach (var item in items.Events)
            {
                if (_wanted.TryGetValue((item.Id, item.Region), out var found) && !found)
                {
                    _wanted[(item.Id, item.Region)] = true;
                    waiting++;
                }
            }
        }

        return waiting;
    }

    private async Task LookIntoArchiveAsync(Store store, CancellationToken cancellationToken)
    {
        var reader = new ArchiveReader(store.Blobs);
        if (await reader.ReadLastNoteAsync(cancellationToken) is not { Note: var last })
        {
            return;
        }

        await CheckNoteAsync(store, last, cancellationToken);
        var regions = _wanted.Keys.Select(key => key.Region).ToHashSet();
        foreach (var head in last.Heads.Where(head => regions.Contains(head.Region)))
        {
            // From the head that the note names backwards: each manifest has the hash of the one before.
            var expected = head.Sha256;
            for (var sequence = head.Sequence; sequence > 0; sequence--)
            {
                var (manifest, sha256) = await reader.ReadManifestAsync(head.Region, sequence, cancellationToken);
                if (sha256 != expected)
                {
                    throw new ArchiveDamagedException(ArchiveNames.Manifest(head.Region, sequence), "it is not the manifest that the one behind it, or the ledger, names");
                }

                expected = manifest.Previous;
                await LookIntoManifestAsync(store, reader, manifest, cancellationToken);
            }
        }
    }

    private async Task CheckNoteAsync(Store store, LedgerNote last, CancellationToken cancellationToken)
    {
        var name = ArchiveNames.Note(last.Sequence);
        var content = await store.Blobs.ReadAsync(name, cancellationToken) ?? throw new ArchiveDamagedException(name, "the note is missing");
        if (!SignedNote.TryRead(content.Bytes.Span, out var note, out _) || note.Check(trusted) != NoteVerdict.Valid || note.Text != last.ToText())
        {
            throw new ArchiveDamagedException(name, "no given key signed the last note of the ledger");
        }
    }

    private async Task LookIntoManifestAsync(Store store, ArchiveReader reader, Manifest manifest, CancellationToken cancellationToken)
    {
        foreach (var batch in manifest.Batches)
        {
            _batches[$"{store.Name} {batch.Name}"] = batch.Sha256;
        }

        foreach (var segment in manifest.Segments)
        {
            var name = new BlobName(Containers.Archive, segment.Name);
            await foreach (var line in reader.ReadLinesAsync(segment, cancellationToken))
            {
                if (!EventLine.TryRead(line.Span, out var item))
                {
                    throw new ArchiveDamagedException(name, "it holds a line that is no event");
                }

                if (_wanted.ContainsKey((item.Id, item.Region)))
                {
                    _wanted[(item.Id, item.Region)] = true;
                }
            }
        }
    }

    private IEnumerable<ReceiptFinding> Judge(long line, Receipt receipt)
    {
        foreach (var batch in receipt.Batches)
        {
            if (_batches.TryGetValue($"{batch.Store} {batch.Name}", out var sha256) && sha256 != batch.Sha256)
            {
                yield return new ReceiptFinding(line, $"the batch {batch.Name} of the store {batch.Store} is not the one that was promised: its SHA-256 is {sha256}");
            }

            foreach (var (id, region) in batch.Events.Where(item => !_wanted[item]))
            {
                yield return new ReceiptFinding(line, $"the event {id} of {region.Name}, promised on {receipt.Time}, is neither in the archive nor in the inbox{(IsChecked(batch.Store) ? "" : $"; its store {batch.Store} was not looked into")}");
            }
        }
    }
}

/// <summary>What the check of receipts came to.</summary>
public sealed record ReceiptReport
{
    /// <summary>How many receipts there are, those that could not be read included.</summary>
    public required long Receipts { get; init; }

    /// <summary>How many answers carry none; they promise nothing that could be checked.</summary>
    public required long WithoutReceipt { get; init; }

    /// <summary>How many different events they name.</summary>
    public required long Events { get; init; }

    /// <summary>How many of these are in the inbox, whether or not the archive has them by now.</summary>
    public required long Waiting { get; init; }

    /// <summary>What does not hold, by line.</summary>
    public required IReadOnlyList<ReceiptFinding> Findings { get; init; }
}

/// <summary>A promise that was not kept, or a receipt that is none.</summary>
/// <param name="Line">Where the receipt begins in its file, from 1.</param>
/// <param name="Message">What is wrong.</param>
public sealed record ReceiptFinding(long Line, string Message);
