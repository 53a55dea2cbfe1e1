using System.Globalization;
using System.Text;
using System.Text.Json;
using Trailgate.Cli.Looking;
using Trailgate.Signing;
using Trailgate.Storage;
using Trailgate.Verify;

namespace Trailgate.Cli.Verify;

/// <summary><c>trailgate verify --receipts FILE --key PUB</c>: checks that what was promised is kept.</summary>
internal static class ReceiptMode
{
    public static async Task<int> RunAsync(
        string file, IReadOnlyList<Store> stores, TrustedKeys? keys, bool json, TextWriter output, CancellationToken cancellationToken)
    {
        if (keys is null)
        {
            throw new CommandFailedException("--receipts needs --key: a receipt is worth what the key is worth that signed it.");
        }

        var text = Encoding.UTF8.GetString(await EvidenceFile.ReadAsync("--receipts", file, ReceiptCheck.MaxBytes, cancellationToken));
        var report = await new ReceiptCheck(stores, keys).RunAsync(text, cancellationToken);
        if (report.Receipts == 0)
        {
            throw new CommandFailedException($"There is no receipt in {file}.");
        }

        if (json)
        {
            foreach (var finding in report.Findings)
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(finding, ReceiptJson.Default.ReceiptFinding));
            }

            await output.WriteLineAsync(JsonSerializer.Serialize(
                new ReceiptSummary("receipts", report.Receipts, report.WithoutReceipt, report.Events, report.Waiting, report.Findings.Count), ReceiptJson.Default.ReceiptSummary));
        }
        else
        {
            foreach (var line in Text(file, report))
            {
                await output.WriteLineAsync(SafeText.Of(line));
            }
        }

        return report.Findings.Count == 0 ? CommandLine.Done : CommandLine.DoneWithFindings;
    }

    private static IEnumerable<string> Text(string file, ReceiptReport report) =>
    [
        .. report.Findings.Select(finding => string.Create(CultureInfo.InvariantCulture, $"{file} line {finding.Line}: {finding.Message}")),
        .. report.WithoutReceipt == 0 ? [] : new[] { string.Create(CultureInfo.InvariantCulture, $"note: {CountText.Of(report.WithoutReceipt, "answer")} in {file} without a receipt: nothing is promised there that could be checked.") },
        string.Create(CultureInfo.InvariantCulture, $"{CountText.Of(report.Receipts, "receipt")} for {CountText.Of(report.Events, "event")} ({report.Waiting} in the inbox): {(report.Findings.Count == 0 ? "every promise is kept" : CountText.Of(report.Findings.Count, "finding"))}."),
    ];
}

/// <summary>The last line of <c>--json</c>.</summary>
internal sealed record ReceiptSummary(string Type, long Receipts, long WithoutReceipt, long Events, long Waiting, long Findings);
