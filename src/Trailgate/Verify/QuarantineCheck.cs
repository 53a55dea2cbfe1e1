using System.Globalization;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Verify;

/// <summary>
/// Compares what is in the quarantine with what the manifests count. It may be deleted at any time, so what is gone is
/// only told.
/// </summary>
internal sealed class QuarantineCheck(VerifyScope scope)
{
    /// <summary>More than a whole inflated request.</summary>
    private const int MaxLineBytes = 256 * 1024 * 1024;

    /// <summary>Goes through the quarantine.</summary>
    /// <exception cref="StorageException">The store could not do it.</exception>
    public async Task RunAsync(QuarantineCounts expected, LedgerView ledger, InboxView inbox, CancellationToken cancellationToken)
    {
        await foreach (var path in scope.Blobs.ListPathsAsync(Containers.Quarantine, "", cancellationToken))
        {
            var name = new BlobName(Containers.Quarantine, path);
            if (ReadName(path) is not { } run)
            {
                scope.Findings.Add(FindingCodes.QuarantineUnlisted, name, "nothing that is kept in the quarantine is named so");
            }
            else if (expected.Take(run) is { } counts)
            {
                await CompareAsync(name, counts, ledger, cancellationToken);
            }
            else if (IsUnderWay(run, ledger, inbox))
            {
                scope.Findings.Remark(RemarkCodes.LeftOver, "quarantine of a run that was stopped before its note");
            }
            else if (!ledger.IsBroken)
            {
                scope.Findings.Add(FindingCodes.QuarantineUnlisted, name, "no manifest is of this run, or it quarantined nothing");
            }
        }

        if (expected.Count > 0)
        {
            scope.Findings.Remark(RemarkCodes.QuarantineGone, "runs whose quarantine was deleted", expected.Count);
        }
    }

    private async Task CompareAsync(BlobName name, IReadOnlyDictionary<Region, long> expected, LedgerView ledger, CancellationToken cancellationToken)
    {
        if (await scope.Blobs.OpenReadAsync(name, 0, null, cancellationToken) is not { } stream)
        {
            return;
        }

        var counted = new Dictionary<Region, long>();
        var number = 0L;
        await using var lines = new BoundedLines(stream, MaxLineBytes);
        while (await lines.ReadAsync(cancellationToken))
        {
            number++;
            if (!QuarantinedItem.TryReadRegion(lines.Current.Span, out var region))
            {
                scope.Findings.Add(FindingCodes.QuarantineCounts, new FindingPlace(name.ToString(), number), "this is no quarantined item");
                return;
            }

            counted[region] = counted.GetValueOrDefault(region) + 1;
        }

        foreach (var region in expected.Keys.Union(counted.Keys).Order())
        {
            if (expected.GetValueOrDefault(region) != counted.GetValueOrDefault(region)
                && ledger.Regions.GetValueOrDefault(region) is not { IsBroken: true })
            {
                scope.Findings.Add(
                    FindingCodes.QuarantineCounts, name,
                    $"it holds {counted.GetValueOrDefault(region)} items of {region}, the manifest of its run counts {expected.GetValueOrDefault(region)}");
                return;
            }
        }
    }

    private static Guid? ReadName(string path)
    {
        const string Suffix = ".ndjson";
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash == 10
            && DateTime.TryParseExact(path.AsSpan(0, slash), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            && path.EndsWith(Suffix, StringComparison.Ordinal)
            && Guid.TryParseExact(path.AsSpan(slash + 1, path.Length - slash - 1 - Suffix.Length), "D", out var run)
                ? run
                : null;
    }

    // The run of the plan, or one later than the last note, which the time in its id tells.
    private static bool IsUnderWay(Guid run, LedgerView ledger, InboxView inbox) =>
        inbox.Plan?.RunId == run || (run.Version == 7 && TimeOf(run) >= (ledger.Last?.Note.Time.ToUnixTimeMilliseconds() ?? 0));

    private static long TimeOf(Guid run)
    {
        Span<byte> bytes = stackalloc byte[16];
        run.TryWriteBytes(bytes, bigEndian: true, out _);
        return (long)(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16);
    }
}
