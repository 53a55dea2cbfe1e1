using System.CommandLine;
using Trailgate.Archive;
using Trailgate.Cli.Looking;
using Trailgate.Query;
using Trailgate.Storage;

namespace Trailgate.Cli.Commands;

/// <summary><c>trailgate tail</c>: shows events as they become durable, until Ctrl-C.</summary>
internal static class TailCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var filters = FilterOptions.WithoutTimes();
        var data = CommonOptions.Data();
        var connection = CommonOptions.Connection();
        var command = new Command("tail", "Shows new events as they become durable, until Ctrl-C.") { data, connection };
        filters.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var stores = OpenedStores.Open(parsed.GetValue(data), parsed.GetValue(connection));
            var tail = new EventTail(stores.Readers, filters.Read(parsed, view: null) with { Order = EventOrder.Oldest });
            return await RunAsync(tail, Terminal.Of(parsed.InvocationConfiguration.Output), parsed.InvocationConfiguration.Error, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(EventTail tail, Terminal terminal, TextWriter error, CancellationToken cancellationToken)
    {
        using var stopping = new StopSignals(cancellationToken);
        using var timer = new PeriodicTimer(Interval, TimeProvider.System);
        var said = "";
        try
        {
            do
            {
                var state = await LookAsync(tail, line => Show(line, terminal), stopping.Token);
                if (state != said)
                {
                    await error.WriteLineAsync(state);
                }

                said = state;
                await terminal.Output.FlushAsync(stopping.Token);
            }
            while (await timer.WaitForNextTickAsync(stopping.Token));
        }
        catch (OperationCanceledException) when (stopping.Token.IsCancellationRequested)
        {
            // This is how a tail ends.
        }

        return CommandLine.Done;
    }

    // What is away comes back: the next look asks again.
    private static async Task<string> LookAsync(EventTail tail, Action<ReadOnlySpan<byte>> tell, CancellationToken cancellationToken)
    {
        try
        {
            var unavailable = await tail.LookAsync(tell, cancellationToken);
            return unavailable.Count == 0 ? "Following; Ctrl-C ends it." : $"No answer from {string.Join(", ", unavailable)}; it is asked again.";
        }
        catch (Exception e) when (e is StorageException or ArchiveDamagedException)
        {
            return $"{e.Message} It is tried again.";
        }
    }

    private static void Show(ReadOnlySpan<byte> line, Terminal terminal)
    {
        if (terminal.Width is null || !EventDocument.TryRead(line, out var read))
        {
            terminal.Output.WriteLine(EventRows.Json(line, terminal));
        }
        else
        {
            terminal.Output.WriteLine(terminal.Paint(EventRows.Sentence(read), EventRows.ColorOf(read)));
        }
    }
}
