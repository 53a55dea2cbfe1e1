using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Verify;

/// <summary>Checks segments against what their manifests say. One for each that is read at the same time.</summary>
internal sealed class SegmentCheck(VerifyScope scope, OverflowIds overflows, MissingOverflows missing, HashPool hashes) : IDisposable
{
    private readonly SegmentReader _reader = new(overflows, hashes);
    private readonly IndexCheck _index = new(scope);

    /// <summary>Checks one segment, which the pool of hashes expects, and with the last one of an hour that no event stands in two of them.</summary>
    /// <exception cref="StorageException">The store could not do it.</exception>
    public async Task RunAsync(SegmentFacts segment, HourGroup hour, CancellationToken cancellationToken)
    {
        IReadOnlyList<EventId> ids = [];
        if (await scope.Blobs.OpenReadAsync(segment.Name, 0, null, cancellationToken) is not { } stream)
        {
            hashes.Leave();
            scope.Findings.Add(FindingCodes.SegmentMissing, segment.Name, "the segment is missing");
        }
        else
        {
            await using (stream)
            {
                var reading = await _reader.ReadAsync(stream, PlaceOf(segment), cancellationToken);
                scope.Totals.AddSegment(reading);
                if (await JudgeAsync(segment, reading, cancellationToken))
                {
                    ids = reading.Ids;
                    missing.Report(segment, reading.MissingOverflows);
                    await _index.RunAsync(segment, reading.Ids, cancellationToken);
                }
            }
        }

        if (hour.Close(ids))
        {
            await FindRepeatedAsync(hour, cancellationToken);
        }
    }

    public void Dispose() => _reader.Dispose();

    private static SegmentPath PlaceOf(SegmentFacts segment) => new(segment.Region, segment.Hour, segment.Sequence);

    /// <summary>False when there is a finding.</summary>
    private async Task<bool> JudgeAsync(SegmentFacts segment, SegmentReading reading, CancellationToken cancellationToken)
    {
        var isStored = reading.Stored == segment.Sha256 && reading.StoredBytes == segment.Bytes;
        if (reading.Fault is { } fault)
        {
            var code = fault.Kind switch
            {
                MemberFaultKind.Cut => FindingCodes.SegmentCut,
                MemberFaultKind.Trailing => FindingCodes.SegmentTrailing,
                _ => FindingCodes.SegmentCorrupt,
            };
            scope.Findings.Add(code, new FindingPlace(segment.Name.ToString(), Member: reading.FaultMember, Offset: fault.Offset), fault.Message);
        }
        else if (reading.BadLine is { } bad)
        {
            scope.Findings.Add(bad.Code, new FindingPlace(segment.Name.ToString(), bad.Line, bad.Member), bad.Message);
        }
        else if (!isStored)
        {
            await ExplainAsync(segment, reading, cancellationToken);
        }
        else if (ContradictionIn(segment, reading) is { } problem)
        {
            scope.Findings.Add(FindingCodes.SegmentFacts, segment.Name, problem);
        }
        else
        {
            return true;
        }

        return false;
    }

    /// <summary>Each line could be an archived one, but the bytes are not those that were archived.</summary>
    private async Task ExplainAsync(SegmentFacts segment, SegmentReading reading, CancellationToken cancellationToken)
    {
        var name = segment.Name.ToString();
        if (ContradictionIn(segment, reading) is null)
        {
            scope.Findings.Add(FindingCodes.SegmentChanged, segment.Name, "it was compressed anew: the lines are those that were archived, the stored bytes are not");
            return;
        }

        // The index is no evidence, but it can tell which event it was.
        if (await _index.ReadAsync(segment, cancellationToken) is { } archived)
        {
            var inserted = reading.Ids.FindIndex(id => Array.BinarySearch(archived, id) < 0);
            var present = reading.Ids.ToHashSet();
            var removed = Array.FindIndex(archived, id => !present.Contains(id));
            if (inserted >= 0)
            {
                var (code, message) = removed < 0
                    ? (FindingCodes.EventInserted, $"the event {reading.Ids[inserted]} was not archived here")
                    : (FindingCodes.EventChanged, $"the event {reading.Ids[inserted]} was not archived here, and {archived[removed]} is missing");
                scope.Findings.Add(code, new FindingPlace(name, inserted + 1), message);
                return;
            }

            if (removed >= 0)
            {
                scope.Findings.Add(FindingCodes.EventRemoved, segment.Name, $"the event {archived[removed]} is missing; {reading.Lines} of {segment.Lines} are there");
                return;
            }
        }

        scope.Findings.Add(
            FindingCodes.SegmentChanged, segment.Name,
            reading.Lines == segment.Lines ? "its lines are not those that were archived" : $"it holds {reading.Lines} events, {segment.Lines} were archived");
    }

    private static string? ContradictionIn(SegmentFacts segment, SegmentReading reading) =>
        !reading.LinesDigest.ToString().AsSpan(0, ArchiveNames.DigestLength).SequenceEqual(segment.NameDigits) ? "its lines do not have the SHA-256 of its name"
        : reading.Lines != segment.Lines ? $"it holds {reading.Lines} events, its manifest says {segment.Lines}"
        : reading.UncompressedBytes != segment.UncompressedBytes ? $"it holds {reading.UncompressedBytes} bytes of lines, its manifest says {segment.UncompressedBytes}"
        : reading.MerkleRoot != segment.MerkleRoot ? "its events do not have the Merkle root that its manifest names"
        : reading.MinTime != segment.MinTime || reading.MaxTime != segment.MaxTime ? "its first and last event are not at the times that its manifest names"
        : null;

    private async Task FindRepeatedAsync(HourGroup hour, CancellationToken cancellationToken)
    {
        for (var part = 1; part < hour.Parts; part++)
        {
            hour.Begin(part);
            foreach (var segment in hour.Segments)
            {
                hour.Add(await ReadIdsAsync(segment, cancellationToken));
            }
        }

        if (hour.Repeated.Count == 0)
        {
            return;
        }

        var first = new Dictionary<EventId, SegmentFacts>();
        foreach (var segment in hour.Segments)
        {
            Finding? finding = null;
            var ids = await ReadIdsAsync(segment, cancellationToken);
            for (var i = 0; i < ids.Count; i++)
            {
                if (!hour.Repeated.Contains(ids[i]) || first.TryAdd(ids[i], segment))
                {
                    continue;
                }

                var place = new FindingPlace(segment.Name.ToString(), i + 1);
                if (finding is null)
                {
                    finding = scope.Findings.Add(FindingCodes.EventRepeated, place, $"the event {ids[i]} stands in {first[ids[i]].Name} as well");
                }
                else
                {
                    finding.Follow(place.ToString());
                }
            }
        }
    }

    private async Task<IReadOnlyList<EventId>> ReadIdsAsync(SegmentFacts segment, CancellationToken cancellationToken)
    {
        if (await scope.Blobs.OpenReadAsync(segment.Name, 0, null, cancellationToken) is not { } stream)
        {
            return [];
        }

        await using (stream)
        {
            hashes.Expect();
            var reading = await _reader.ReadAsync(stream, PlaceOf(segment), cancellationToken);
            return reading.Stored == segment.Sha256 ? reading.Ids : [];
        }
    }
}
