using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Trailgate.Cli.Verify;
using Trailgate.Storage;
using Trailgate.Verify;

namespace Trailgate.Cli.Commands;

/// <summary>
/// <c>trailgate verify</c>: checks stores, or copies of them, offline. Exit code 1 means that something is wrong with what
/// is stored, 2 that it could not be checked.
/// </summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        data.Description = "The directory of a file store, or a copy of one; needs no settings. Without it the configured stores are checked.";
        var connection = CommonOptions.Connection();
        var store = new Option<string[]>("--store") { Description = "Checks this one of the configured stores alone; may be given more than once.", HelpName = "NAME" };
        var head = new Option<string?>("--head")
        {
            Description = "A head that was kept elsewhere: the file of a note, or SEQUENCE:SHA256 as the summary prints it. The ledger must hold it.",
            HelpName = "NOTE",
        };
        var cadence = new Option<string?>("--cadence")
        {
            Description = "The longest silence of a ledger that is in use (hours:minutes:seconds); a last note older than that is a finding.",
            HelpName = "HH:MM:SS",
        };
        var json = new Option<bool>("--json") { Description = "Writes a line of JSON for each finding and remark, and one for the summary of each store." };
        var command = new Command("verify", "Checks everything that was archived, from the stored bytes up. Changes nothing.") { data, connection, store, head, cadence, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new VerifyArguments
            {
                Data = parsed.GetValue(data),
                Connection = parsed.GetValue(connection),
                Stores = parsed.GetValue(store) ?? [],
                Head = parsed.GetValue(head),
                Cadence = parsed.GetValue(cadence),
                Json = parsed.GetValue(json),
            },
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(VerifyArguments arguments, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        var options = new VerifyOptions
        {
            Head = arguments.Head is { } head ? await ReadHeadAsync(head, cancellationToken) : null,
            Cadence = arguments.Cadence is { } cadence ? ReadCadence(cadence) : null,
        };
        await using var stores = VerifiedStores.Open(arguments);
        if (options.Head is not null && stores.All.Count > 1)
        {
            throw new CommandFailedException("A head belongs to one store: choose it with --store or --data.");
        }

        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            var findings = 0L;
            foreach (var store in stores.All)
            {
                findings += await VerifyAsync(store, options, arguments.Json, output, error, stopping.Token);
            }

            return findings == 0 ? CommandLine.Done : CommandLine.DoneWithFindings;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw new CommandFailedException("Stopped before the end; nothing can be said.");
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stopping.Cancel();
        }
    }

    private static async Task<long> VerifyAsync(
        Store store, VerifyOptions options, bool json, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        VerifyReport report;
        using (var bar = ProgressBar.On(error, TimeProvider.System))
        {
            report = await new StoreVerifier(store, TimeProvider.System, options with { Progress = bar is null ? null : bar.Show }).RunAsync(cancellationToken);
        }

        if (report is { Head: null, Manifests: 0, FindingCount: 0 } && !report.Regions.Any(static region => region.InFlight > 0))
        {
            // To call an empty directory a whole archive would be a lie that somebody relies on.
            throw new CommandFailedException($"There is no archive in {store.Blobs}.");
        }

        await output.WriteAsync(json ? JsonReport.Write(report) : TextReport.Write(report, store.Blobs.ToString() ?? store.Name));
        return report.FindingCount;
    }

    private static async Task<KnownHead> ReadHeadAsync(string text, CancellationToken cancellationToken)
    {
        if (KnownHead.Parse(text) is { } head)
        {
            return head;
        }

        try
        {
            var file = new FileInfo(text);
            return file.Exists && file.Length <= 1024 * 1024 && KnownHead.ReadNote(await File.ReadAllBytesAsync(text, cancellationToken)) is { } note
                ? note
                : throw new CommandFailedException($"--head: '{text}' is neither the file of a note nor SEQUENCE:SHA256.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"--head: '{text}' can not be read: {e.Message}");
        }
    }

    private static TimeSpan ReadCadence(string text) =>
        TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var cadence) && cadence > TimeSpan.Zero
            ? cadence
            : throw new CommandFailedException($"--cadence: '{text}' is no time span such as 01:30:00.");
}
