using System.CommandLine;
using Trailgate.Archive;

namespace Trailgate.Cli.Commands;

/// <summary><c>trailgate archive</c>: archives what is in the inbox now. Safe beside a running server, and beside itself.</summary>
internal static class ArchiveCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var connection = CommonOptions.Connection();
        var command = new Command("archive", "Archives what waits in the inbox now, and ends.") { data, connection };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(data), parsed.GetValue(connection), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string? data, string? connection, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        using var settings = Settings.Load(Directory.GetCurrentDirectory(), data, connection);
        await using var services = CommandServices.BuildOnStores(settings);

        using var stopping = new StopSignals(cancellationToken);
        try
        {
            return await ReportAsync(await services.GetRequiredService<Archiver>().RunAsync(stopping.Token), output, error);
        }
        catch (OperationCanceledException) when (stopping.Token.IsCancellationRequested)
        {
            throw new CommandFailedException("Stopped before the end; the next run goes on where this one was.");
        }
        catch (ArchiveFailedException e) when (e.Done.Batches > 0)
        {
            await ReportAsync(e.Done, output, error);
            throw;
        }
    }

    private static async Task<int> ReportAsync(ArchiveSummary done, TextWriter output, TextWriter error)
    {
        await output.WriteLineAsync(done.Batches == 0
            ? "Nothing waited in the inbox."
            : $"{done}.");
        if (done.Damaged == 0)
        {
            return CommandLine.Done;
        }

        await error.WriteLineAsync($"{done.Damaged} batches can not be read and were left where they are; an alert names each.");
        return CommandLine.DoneWithFindings;
    }
}
