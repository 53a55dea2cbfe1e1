using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Verify;

/// <summary>Follows the manifests of each region, note by note: the notes say what SHA-256 each one has.</summary>
internal sealed class ManifestCheck(VerifyScope scope, BatchUses batches, QuarantineCounts quarantined)
{
    /// <summary>A manifest lists at most 1,000 segments and 10,000 batches of some 200 bytes each.</summary>
    public const int MaxManifestBytes = 32 * 1024 * 1024;

    private readonly SortedDictionary<long, Stored> _range = [];

    /// <summary>Checks the manifests that a note added.</summary>
    /// <param name="view">How far each region goes; brought up to the note.</param>
    /// <param name="note">The note, which is believed.</param>
    /// <param name="runs">How many notes there are since the last one that could be believed.</param>
    /// <param name="doubt">The finding that makes the note doubtful, if there is one: what is wrong in it follows from that.</param>
    /// <param name="cancellationToken">Stops the checking.</param>
    public async Task FollowAsync(LedgerView view, LedgerNote note, int runs, Finding? doubt, CancellationToken cancellationToken)
    {
        Guid? run = null;
        batches.BeginRun();
        foreach (var head in note.Heads)
        {
            var chain = view.Of(head.Region);
            var sha256 = Digest.TryParse(head.Sha256, out var digest) ? digest : default;
            if (chain.Vanished is not null)
            {
                chain.Vanished.Follow($"{ArchiveNames.Note(note.Sequence)} {head.Region}");
                continue;
            }

            chain.NotesBehind += runs;
            if (head.Sequence == chain.Head && sha256 == chain.HeadSha256)
            {
                (chain.NotesBehind, chain.BadHead) = (0, null);
                continue;
            }

            if (head.Sequence <= chain.Head || head.Sequence - chain.Head > chain.NotesBehind)
            {
                doubt = chain.BadHead ??= BlameHead(chain, head, note, doubt);
                continue;
            }

            var exact = chain.NotesBehind == 1;
            var first = chain.Head + 1;
            await ReadAsync(chain, first, head.Sequence, sha256, cancellationToken);
            for (var sequence = first; sequence <= head.Sequence; sequence++)
            {
                var manifest = Judge(chain, sequence);
                if (manifest is not null && exact && doubt is null)
                {
                    CheckRun(manifest, note, ref run);
                }
            }

            (chain.Head, chain.HeadSha256, chain.NotesBehind, chain.BadHead) = (head.Sequence, sha256, 0, null);
        }

        batches.EndRun();
        FindVanished(view, note);
    }

    private Finding BlameHead(RegionChain chain, RegionHead head, LedgerNote note, Finding? doubt)
    {
        var name = ArchiveNames.Note(note.Sequence);
        if (doubt is not null)
        {
            doubt.Follow($"{name} {head.Region}");
            return doubt;
        }

        return scope.Findings.Add(FindingCodes.NoteHeads, name, head.Sequence == chain.Head
            ? $"it names another manifest {head.Sequence} of {head.Region} than the notes before"
            : $"it names manifest {head.Sequence} of {head.Region}, and the notes before {chain.Head}");
    }

    /// <summary>To be called at the end: a region of which nothing is left is one break of its own kind.</summary>
    public static void FindEmptied(LedgerView view)
    {
        foreach (var chain in view.Regions.Values)
        {
            if (chain.Head > 0 && chain.BrokenCount == chain.Head && chain.BreakAt(1) is { Code: FindingCodes.ManifestMissing } finding
                && chain.BreakAt(chain.Head) == finding)
            {
                finding.Reword(FindingCodes.RegionVanished, $"none of the {chain.Head} manifests of {chain.Region} is there");
            }
        }
    }

    private void FindVanished(LedgerView view, LedgerNote note)
    {
        if (note.Heads.Count == view.Regions.Count)
        {
            return;
        }

        var named = note.Heads.Select(static head => head.Region).ToHashSet();
        foreach (var chain in view.Regions.Values.Where(chain => chain.Vanished is null && !named.Contains(chain.Region)))
        {
            chain.Vanished = scope.Findings.Add(
                FindingCodes.RegionVanished, ArchiveNames.Note(note.Sequence), $"it does not name {chain.Region} any more, which notes before it name");
        }
    }

    /// <summary>Reads manifests, and says backwards of each which SHA-256 it must have.</summary>
    private async Task ReadAsync(RegionChain chain, long first, long last, Digest sha256, CancellationToken cancellationToken)
    {
        _range.Clear();
        Digest? expected = sha256;
        for (var sequence = last; sequence >= first; sequence--)
        {
            var name = ArchiveNames.Manifest(chain.Region, sequence);
            var read = await BlobBytes.ReadAsync(scope.Blobs, name, MaxManifestBytes, cancellationToken);
            var stored = new Stored(expected, null, null, null);
            if (read.TooLarge)
            {
                // No manifest has this hash.
                stored = stored with { Sha256 = default(Digest), Problem = "it is larger than any manifest" };
            }
            else if (read.Exists)
            {
                scope.Totals.AddManifest(read.Bytes.Length);
                stored = stored with { Sha256 = Digest.Of(read.Bytes.Span), Manifest = Read(chain.Region, sequence, read.Bytes, out var problem), Problem = problem };
            }

            _range[sequence] = stored;
            expected = stored is { Manifest.Previous: { } previous } && (expected is null || stored.Sha256 == expected) && Digest.TryParse(previous, out var before)
                ? before
                : null;
        }
    }

    private static Manifest? Read(Region region, long sequence, ReadOnlyMemory<byte> bytes, out string? problem)
    {
        var manifest = ManifestJson.Read(bytes);
        problem = manifest is null ? "this is no manifest"
            : manifest.Region != region || manifest.Sequence != sequence ? $"this is manifest {manifest.Sequence} of {manifest.Region} in another's place"
            : !ManifestJson.Write(manifest).Span.SequenceEqual(bytes.Span) ? "this is not written as manifests are"
            : null;
        return problem is null ? manifest : null;
    }

    /// <summary>Judges a manifest, in order; the manifest when it is the one that the notes name.</summary>
    private Manifest? Judge(RegionChain chain, long sequence)
    {
        var stored = _range[sequence];
        var name = ArchiveNames.Manifest(chain.Region, sequence);
        var before = chain.BreakAt(sequence - 1);
        var storedBefore = chain.StoredSha256;
        chain.StoredSha256 = stored.Sha256;
        if (stored.Sha256 is null)
        {
            Break(chain, sequence, before, FindingCodes.ManifestMissing, name, "the manifest is missing");
            return null;
        }

        var linksToStored = stored.Manifest?.Previous is { } previous && Digest.TryParse(previous, out var link) && link == storedBefore;
        if (stored.Expected is { } expected && stored.Sha256 != expected)
        {
            // One that was made to fit a broken one before it belongs to that break.
            var message = stored.Problem ?? "the manifest is not the one that the ledger names";
            Break(chain, sequence, linksToStored || stored.Manifest is null ? before : null, FindingCodes.ManifestChanged, name, message);
            return null;
        }

        if (stored.Manifest is not { } manifest)
        {
            Break(chain, sequence, null, FindingCodes.ManifestMalformed, name, stored.Problem ?? "");
            return null;
        }

        var isLinked = sequence == 1 ? manifest.Previous is null : linksToStored || storedBefore is null;
        if (before is null && !isLinked)
        {
            Break(chain, sequence, null, FindingCodes.ManifestChain, name, "it does not name the manifest before it");
            return manifest;
        }

        CheckContent(chain, manifest, name);
        return manifest;
    }

    private void Break(RegionChain chain, long sequence, Finding? before, string code, BlobName name, string message)
    {
        if (before is null)
        {
            before = scope.Findings.Add(code, name, message);
        }
        else
        {
            before.Follow(name.ToString());
        }

        chain.Break(sequence, before);
        (chain.Totals, chain.ClaimedTotals) = (null, null);
    }

    private void CheckContent(RegionChain chain, Manifest manifest, BlobName name)
    {
        var counts = manifest.Counts;
        var problem = counts.Received < 0 || counts.Archived < 0 || counts.Duplicate < 0 || counts.Quarantined < 0 ? "a count is less than nothing"
            : counts.Received != counts.Archived + counts.Duplicate + counts.Quarantined
                ? $"{counts.Received} received are not {counts.Archived} archived, {counts.Duplicate} duplicate and {counts.Quarantined} quarantined"
            : counts.Archived != manifest.Segments.Aggregate(0L, static (sum, segment) => unchecked(sum + segment.Lines)) ? $"{counts.Archived} archived are not the lines of its segments"
            : !Continues(chain.Totals) && !Continues(chain.ClaimedTotals) ? "its totals are not those before and its own counts"
            : null;
        if (problem is not null)
        {
            scope.Findings.Add(FindingCodes.ManifestCounts, name, problem);
        }

        // Where they are unknown they go on from what this manifest says.
        chain.Totals = problem is null ? manifest.Totals : chain.Totals + counts;
        chain.ClaimedTotals = manifest.Totals;
        if (manifest.Segments.Zip(manifest.Segments.Skip(1)).Any(pair => string.CompareOrdinal(pair.First.Name, pair.Second.Name) >= 0))
        {
            scope.Findings.Add(FindingCodes.ManifestMalformed, name, "its segments are not in order, or one stands twice");
        }
        else if (manifest.Segments.Count == 0 && manifest.Batches.Count == 0)
        {
            scope.Findings.Add(FindingCodes.ManifestMalformed, name, "it brings nothing");
        }

        batches.Add(manifest, name, scope.Findings);
        quarantined.Add(manifest);

        bool Continues(ArchiveCounts? before) => before is null ? chain.Totals is null : before.Value + counts == manifest.Totals;
    }

    /// <summary>All manifests of a note are of one run, and have its time.</summary>
    private void CheckRun(Manifest manifest, LedgerNote note, ref Guid? run)
    {
        var name = ArchiveNames.Manifest(manifest.Region, manifest.Sequence);
        if (manifest.Time != note.Time)
        {
            scope.Findings.Add(FindingCodes.ManifestRun, name, $"its time {manifest.Time:O} is not that of note {note.Sequence}, {note.Time:O}");
        }
        else if (run is { } other && manifest.RunId != other)
        {
            scope.Findings.Add(FindingCodes.ManifestRun, name, $"it is of another run than the other manifests of note {note.Sequence}");
        }

        run ??= manifest.RunId;
    }

    private sealed record Stored(Digest? Expected, Digest? Sha256, Manifest? Manifest, string? Problem);
}
