using System.CommandLine;
using Trailgate.Query.Index;
using Trailgate.Storage;

namespace Trailgate.Cli.Commands;

/// <summary><c>trailgate index</c>: makes the index anew, from the manifests and segments alone. Safe beside a running server.</summary>
internal static class IndexCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var connection = CommonOptions.Connection();
        var command = new Command("index", "Makes the index that queries read anew, from the archive alone, and ends.") { data, connection };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(data), parsed.GetValue(connection), parsed.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string? data, string? connection, TextWriter output, CancellationToken cancellationToken)
    {
        using var settings = Settings.Load(Directory.GetCurrentDirectory(), data, connection);
        await using var services = CommandServices.BuildOnStores(settings);

        using var stopping = new StopSignals(cancellationToken);
        try
        {
            foreach (var store in services.GetRequiredService<Stores>().All)
            {
                var done = await ActivatorUtilities.CreateInstance<StoreIndexer>(services, store).RebuildAsync(stopping.Token);
                await output.WriteLineAsync(store.IsDefault ? $"{done}." : $"Store {store}: {done}.");
            }
        }
        catch (OperationCanceledException) when (stopping.Token.IsCancellationRequested)
        {
            throw new CommandFailedException("Stopped before the end; what was written is right, and queries look up the rest without an index.");
        }

        return CommandLine.Done;
    }
}
