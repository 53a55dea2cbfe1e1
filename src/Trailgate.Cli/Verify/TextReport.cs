using System.Globalization;
using System.Text;
using Trailgate.Verify;

namespace Trailgate.Cli.Verify;

/// <summary>A report for people. The last line is the summary, with the head of the ledger to be kept elsewhere.</summary>
internal static class TextReport
{
    /// <param name="report">The report.</param>
    /// <param name="where">Where the store is.</param>
    public static string Write(VerifyReport report, string where)
    {
        var text = new StringBuilder();
        foreach (var finding in report.Findings)
        {
            text.Append(CultureInfo.InvariantCulture, $"{finding.Code}  {finding.Place}: {finding.Message}.\n");
            if (finding.FollowCount > 0)
            {
                var follows = finding.Follows;
                text.Append(CultureInfo.InvariantCulture, $"    {finding.FollowCount} more follow from it: {string.Join(", ", follows.Take(3))}{(finding.FollowCount > 3 ? ", ..." : "")}\n");
            }
        }

        if (report.FindingCount > report.Findings.Count)
        {
            text.Append(CultureInfo.InvariantCulture, $"... and {report.FindingCount - report.Findings.Count} more findings\n");
        }

        foreach (var remark in report.Remarks)
        {
            text.Append(CultureInfo.InvariantCulture, $"note: {remark.Code}: {(remark.Count > 1 ? $"{remark.Count} times: " : "")}{remark.Message}.\n");
        }

        foreach (var region in report.Regions)
        {
            text.Append(region.Counts is { } counts
                ? string.Create(CultureInfo.InvariantCulture, $"{region.Region}: {counts.Received + region.InFlight} received = {counts.Archived} archived + {counts.Duplicate} duplicate + {counts.Quarantined} quarantined + {region.InFlight} in flight\n")
                : $"{region.Region}: the totals are unknown because of a finding\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"{Verdict(report)}{where}: {report.Events} events in {report.Segments} segments, {report.Manifests} manifests, {report.Notes} notes, {report.Overflows} overflow blobs; {report.StoredBytes} bytes; {Head(report.Head)}.\n");
        return text.ToString();
    }

    private static string Verdict(VerifyReport report) => report.FindingCount switch
    {
        0 => "No finding in ",
        1 => "1 finding in ",
        _ => string.Create(CultureInfo.InvariantCulture, $"{report.FindingCount} findings in "),
    };

    private static string Head(LedgerHead? head) => head is null
        ? "there is no ledger"
        : string.Create(CultureInfo.InvariantCulture, $"head {head.Sequence}:{head.Sha256} of {head.Time:u} ({head.Origin}), ") + head.Signature switch
        {
            HeadSignature.Valid => "signed by a given key",
            HeadSignature.NotValid => "signed by no given key",
            _ => "signatures were not checked, because no key was given",
        };
}
