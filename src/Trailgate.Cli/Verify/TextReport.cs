using System.Globalization;
using Trailgate.Cli.Looking;
using Trailgate.Verify;

namespace Trailgate.Cli.Verify;

/// <summary>
/// A report for people. The last line is the summary, with the head of the ledger to be kept elsewhere. Names of files and
/// what stands in them may be a stranger's: none can add a line.
/// </summary>
internal static class TextReport
{
    /// <param name="report">The report.</param>
    /// <param name="where">Where the store is.</param>
    public static string Write(VerifyReport report, string where) => string.Concat(Lines(report, where).Select(static line => SafeText.Of(line) + "\n"));

    private static IEnumerable<string> Lines(VerifyReport report, string where)
    {
        foreach (var finding in report.Findings)
        {
            yield return $"{finding.Code}  {finding.Place}: {finding.Message}.";
            if (finding.FollowCount > 0)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture, $"    {finding.FollowCount} more follow from it: {string.Join(", ", finding.Follows.Take(3))}{(finding.FollowCount > 3 ? ", ..." : "")}");
            }
        }

        if (report.FindingCount > report.Findings.Count)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"... and {report.FindingCount - report.Findings.Count} more findings");
        }

        foreach (var remark in report.Remarks)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"note: {remark.Code}: {(remark.Count > 1 ? $"{remark.Count} times: " : "")}{remark.Message}.");
        }

        foreach (var region in report.Regions)
        {
            yield return region.Counts is { } counts
                ? string.Create(CultureInfo.InvariantCulture, $"{region.Region}: {counts.Received + region.InFlight} received = {counts.Archived} archived + {counts.Duplicate} duplicate + {counts.Quarantined} quarantined + {region.InFlight} in flight")
                : $"{region.Region}: the totals are unknown because of a finding";
        }

        yield return string.Create(CultureInfo.InvariantCulture, $"{Verdict(report)}{where}: {report.Events} events in {report.Segments} segments, {report.Manifests} manifests, {report.Notes} notes, {report.Overflows} overflow blobs; {report.StoredBytes} bytes; {Head(report.Head)}.");
    }

    private static string Verdict(VerifyReport report) =>
        $"{(report.FindingCount == 0 ? "No finding" : CountText.Of(report.FindingCount, "finding"))} in ";

    private static string Head(LedgerHead? head) => head is null
        ? "there is no ledger"
        : string.Create(CultureInfo.InvariantCulture, $"head {head.Sequence}:{head.Sha256} of {head.Time:u} ({head.Origin}), ") + head.Signature switch
        {
            HeadSignature.Valid => "signed by a given key",
            HeadSignature.NotValid => "signed by no given key",
            _ => "signatures were not checked, because no key was given",
        };
}
