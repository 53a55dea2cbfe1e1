using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Archive;
using Trailgate.Cli.Verify;
using Trailgate.Query;
using EventId = Trailgate.Events.EventId;

namespace Trailgate.Cli.Commands;

/// <summary><c>trailgate prove ID</c>: writes the proof of an event, one file that anybody can check with the public key alone.</summary>
internal static class ProveCommand
{
    public static Command Create()
    {
        var id = new Argument<EventId>("ID")
        {
            Description = "The event's id: 32 hexadecimal digits.",
            CustomParser = static result =>
            {
                if (!EventId.TryParse(result.Tokens is [var token] ? token.Value.ToLowerInvariant() : "", out var parsed))
                {
                    result.AddError("ID must have 32 hexadecimal digits; 'id' of every event is one.");
                }

                return parsed;
            },
        };
        var data = CommonOptions.Data();
        var connection = CommonOptions.Connection();
        var file = new Option<string?>("--out") { Description = "The file to write, which must not be there yet; without it the proof is printed.", HelpName = "FILE" };
        var command = new Command("prove", "Writes the proof that an event stands in the archive, for 'trailgate verify --proof'.") { id, data, connection, file };
        command.SetAction((parsed, cancellationToken) =>
        {
            var stores = new VerifyArguments { Data = parsed.GetValue(data), Connection = parsed.GetValue(connection) };
            return RunAsync(parsed.GetRequiredValue(id), stores, parsed.GetValue(file), parsed.InvocationConfiguration.Output, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(EventId id, VerifyArguments arguments, string? file, TextWriter output, CancellationToken cancellationToken)
    {
        await using var stores = VerifiedStores.Open(arguments);
        var readers = new StoreReaders([.. stores.All.Select(store => new StoreReader(store, NullLogger<InboxReader>.Instance, isReadOnly: true))], NullLogger<StoreReaders>.Instance);
        switch (await new EventProver(new EventLookup(readers)).ProveAsync(id, cancellationToken))
        {
            case ProofResult.Proven proven:
                await WriteAsync(proven.Proof, file, output, cancellationToken);
                return CommandLine.Done;
            case ProofResult.Waiting:
                throw new CommandFailedException($"The event {id} is stored and waits in the inbox. The next archive run makes it provable; 'trailgate archive' is one.");
            default:
                throw new CommandFailedException($"There is no event {id}, neither in the archive nor in the inbox.");
        }
    }

    private static async Task WriteAsync(EventProof proof, string? file, TextWriter output, CancellationToken cancellationToken)
    {
        var bytes = proof.ToBytes();
        if (file is null)
        {
            await output.WriteAsync(System.Text.Encoding.UTF8.GetString(bytes.Span));
            return;
        }

        try
        {
            await using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write);
            await stream.WriteAsync(bytes, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"The proof can not be written to {file}: {e.Message}");
        }

        await output.WriteLineAsync($"{file} proves the event. Check it: trailgate verify --proof {file} --key PUB");
    }
}
