using System.CommandLine;
using Trailgate.Cli.Demo;

namespace Trailgate.Cli.Commands;

/// <summary><c>trailgate serve</c>: the whole product in one process, until Ctrl-C or SIGTERM.</summary>
internal static class ServeCommand
{
    private const string DefaultUrl = "http://127.0.0.1:7071";

    public static Command Create()
    {
        var urls = new Option<string>("--urls")
        {
            Description = "Where to listen; several are split by semicolons, port 0 takes a free one. Without access keys only loopback.",
            HelpName = "URLS",
            DefaultValueFactory = _ => DefaultUrl,
        };
        var data = CommonOptions.Data();
        var connection = CommonOptions.Connection();
        var demo = new Option<bool>("--demo")
        {
            Description = "Also send a steady stream of made-up Code Engine events to this server, and receive its alerts.",
        };
        var command = new Command("serve", "Receives, archives and tells, until Ctrl-C.") { urls, data, connection, demo };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(urls), parsed.GetValue(data), parsed.GetValue(connection), parsed.GetValue(demo), parsed.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string urls, string? data, string? connection, bool demo, TextWriter output, CancellationToken cancellationToken)
    {
        var settings = Settings.Load(Directory.GetCurrentDirectory(), data, connection);
        await using var show = demo ? await DemoShow.OpenAsync(settings, output, cancellationToken) : null;
        await using var server = Server.Build(settings, urls);
        await StartAsync(server, cancellationToken);
        StartReport.Write(output, server);
        show?.Begin(server);
        await server.WaitForShutdownAsync(cancellationToken);
        // The listener has answered what it had accepted; this commits and ends the inbox, before anything is claimed.
        await server.DisposeAsync();
        await output.WriteLineAsync("Stopped: everything accepted is stored.");
        return CommandLine.Done;
    }

    private static async Task StartAsync(WebApplication server, CancellationToken cancellationToken)
    {
        try
        {
            await server.StartAsync(cancellationToken);
        }
        catch
        {
            // The listener starts last; what started before it must stop before it is disposed.
            await server.StopAsync(CancellationToken.None);
            throw;
        }
    }
}
