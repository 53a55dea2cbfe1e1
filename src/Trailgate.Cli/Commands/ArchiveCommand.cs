using System.CommandLine;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using Trailgate.Archive;
using Trailgate.Azure;
using Trailgate.Hosting;

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
        await using var services = Build(settings);
        services.GetRequiredService<IStartupValidator>().Validate();

        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return await ReportAsync(await services.GetRequiredService<Archiver>().RunAsync(stopping.Token), output, error);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw new CommandFailedException("Stopped before the end; the next run goes on where this one was.");
        }
        catch (ArchiveFailedException e) when (e.Done.Batches > 0)
        {
            await ReportAsync(e.Done, output, error);
            throw;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stopping.Cancel();
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

    private static ServiceProvider Build(ConfigurationManager settings)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => Logging.Configure(logging, settings));
        services.AddTrailgateAzure(settings).AddTrailgate(settings);
        return services.BuildServiceProvider();
    }
}
