using System.CommandLine;
using Trailgate.Cli.Verify;
using Trailgate.Signing;
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
        var key = new Option<string[]>("--key")
        {
            Description = "A public key that signed the ledger: the text or file that 'trailgate key show' gives, or a key change; may be given more than once. Without one signatures are not checked.",
            HelpName = "PUB",
        };
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
        var proof = new Option<string?>("--proof")
        {
            Description = "Checks this proof of one event instead, as 'trailgate prove' writes it; with --key alone, without any store.",
            HelpName = "FILE",
        };
        var receipts = new Option<string?>("--receipts")
        {
            Description = "Checks instead that what these receipts promise is archived, or waits in the inbox: answers with receipts, one a line, or the notes themselves. Needs --key.",
            HelpName = "FILE",
        };
        proof.Validators.Add(result =>
        {
            foreach (var other in new Option[] { data, connection, store, head, cadence, receipts })
            {
                if (result.GetResult(other) is { Implicit: false })
                {
                    result.AddError($"--proof checks one file by --key alone; {other.Name} has no meaning with it.");
                }
            }
        });
        var json = new Option<bool>("--json") { Description = "Writes a line of JSON for each finding and remark, and one for the summary of each store." };
        var command = new Command("verify", "Checks everything that was archived, from the stored bytes up. Changes nothing.") { data, connection, store, key, head, cadence, proof, receipts, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new VerifyArguments
            {
                Data = parsed.GetValue(data),
                Connection = parsed.GetValue(connection),
                Stores = parsed.GetValue(store) ?? [],
                Keys = parsed.GetValue(key) ?? [],
                Head = parsed.GetValue(head),
                Cadence = parsed.GetValue(cadence),
                Proof = parsed.GetValue(proof),
                Receipts = parsed.GetValue(receipts),
                Json = parsed.GetValue(json),
            },
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(VerifyArguments arguments, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        var options = new VerifyOptions
        {
            Keys = arguments.Keys.Count > 0 ? ReadKeys(arguments.Keys) : null,
            Head = arguments.Head is { } head ? await ReadHeadAsync(head, cancellationToken) : null,
            Cadence = arguments.Cadence is { } cadence ? ReadCadence(cadence) : null,
        };
        if (arguments.Proof is { } proof)
        {
            return await ProofMode.RunAsync(proof, options.Keys, arguments.Json, output, cancellationToken);
        }

        await using var stores = VerifiedStores.Open(arguments);
        if (options.Head is not null && stores.All.Count > 1)
        {
            throw new CommandFailedException("A head belongs to one store: choose it with --store or --data.");
        }

        using var stopping = new StopSignals(cancellationToken);
        try
        {
            if (arguments.Receipts is { } receipts)
            {
                return await ReceiptMode.RunAsync(receipts, stores.All, options.Keys, arguments.Json, output, stopping.Token);
            }

            var findings = 0L;
            foreach (var store in stores.All)
            {
                findings += await VerifyAsync(store, options, arguments.Json, output, error, stopping.Token);
            }

            return findings == 0 ? CommandLine.Done : CommandLine.DoneWithFindings;
        }
        catch (OperationCanceledException) when (stopping.Token.IsCancellationRequested)
        {
            throw new CommandFailedException("Stopped before the end; nothing can be said.");
        }
    }

    /// <summary>Over a network most of the time is waiting.</summary>
    private const int RequestsAtOnce = 8;

    private static async Task<long> VerifyAsync(
        Store store, VerifyOptions options, bool json, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        VerifyReport report;
        using (var bar = ProgressBar.On(error, TimeProvider.System))
        {
            options = options with
            {
                Progress = bar is null ? null : bar.Show,
                Parallelism = store.Blobs is FileBlobStore ? options.Parallelism : Math.Max(options.Parallelism, RequestsAtOnce),
            };
            report = await new StoreVerifier(store, TimeProvider.System, options).RunAsync(cancellationToken);
        }

        if (report is { Head: null, Manifests: 0, FindingCount: 0 } && !report.Regions.Any(static region => region.InFlight > 0))
        {
            // To call an empty directory a whole archive would be a lie that somebody relies on.
            throw new CommandFailedException($"There is no archive in {store.Blobs}.");
        }

        await output.WriteAsync(json ? JsonReport.Write(report) : TextReport.Write(report, store.Blobs.ToString() ?? store.Name));
        return report.FindingCount;
    }

    private static TrustedKeys ReadKeys(IReadOnlyList<string> keys) => TrustedKeys.TryRead([.. keys.Select(ReadKey)], out var trusted, out var problem)
        ? trusted
        : throw new CommandFailedException($"--key: {problem}");

    private static (string Source, string Text) ReadKey(string text)
    {
        const int MaxBytes = 1024 * 1024;
        try
        {
            // The text of a key has slashes in it, but a file of that name is not to be expected.
            var file = new FileInfo(text);
            return !file.Exists ? ("the text", text)
                : file.Length <= MaxBytes ? (text, File.ReadAllText(text))
                : throw new CommandFailedException($"--key: '{text}' is larger than any key.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"--key: '{text}' can not be read: {e.Message}");
        }
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
        SpanText.TryRead(text, out var cadence) && cadence > TimeSpan.Zero
            ? cadence
            : throw new CommandFailedException($"--cadence: '{text}' is no time span: {SpanText.Rule}.");
}
