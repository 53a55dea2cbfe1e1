using System.CommandLine;
using System.Globalization;
using System.Net.Sockets;
using Trailgate.Cli.Azurite;
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
        var azurite = new Option<int?>("--azurite")
        {
            Description = "Keep everything in a local Azurite, which is started from npm and ends with this server. It listens on PORT and the two ports behind it (0 takes free ones), and keeps its data in azurite/ under the data directory.",
            HelpName = "PORT",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = static result =>
            {
                if (result.Tokens is not [var token])
                {
                    return LocalAzurite.UsualPort;
                }

                if (!ushort.TryParse(token.Value, CultureInfo.InvariantCulture, out var port) || port > ushort.MaxValue - 2)
                {
                    result.AddError($"--azurite takes a port, not '{token.Value}'.");
                }

                return port;
            },
        };
        var demo = new Option<bool>("--demo")
        {
            Description = "Also send a steady stream of made-up Code Engine events to this server, and receive its alerts.",
        };
        var command = new Command("serve", "Receives, archives and tells, until Ctrl-C.") { urls, data, connection, azurite, demo };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new Choices(
                parsed.GetRequiredValue(urls), parsed.GetValue(data), parsed.GetValue(connection), parsed.GetValue(azurite), parsed.GetValue(demo)),
            parsed.InvocationConfiguration.Output,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Choices choices, TextWriter output, CancellationToken cancellationToken)
    {
        if (choices is { Azurite: not null, Connection: not null })
        {
            throw new CommandFailedException("--azurite and --connection each choose a store: only one of them can be used.");
        }

        var settings = Settings.Load(Directory.GetCurrentDirectory(), choices.Data, choices.Connection);
        await using var azurite = choices.Azurite is { } port ? await LocalAzurite.StartAsync(settings, port, output, cancellationToken) : null;
        await using var show = choices.Demo ? await DemoShow.OpenAsync(settings, output, cancellationToken) : null;
        await using var server = Server.Build(settings, choices.Urls);
        await StartAsync(server, choices.Urls, cancellationToken);
        StartReport.Write(output, server);
        show?.Begin(server);
        await server.WaitForShutdownAsync(cancellationToken);
        // The listener has answered what it had accepted; this commits and ends the inbox, before anything is claimed.
        await server.DisposeAsync();
        await output.WriteLineAsync("Stopped: everything accepted is stored.");
        return CommandLine.Done;
    }

    private static async Task StartAsync(WebApplication server, string urls, CancellationToken cancellationToken)
    {
        try
        {
            await server.StartAsync(cancellationToken);
        }
        catch (Exception e)
        {
            // The listener starts last; what started before it must stop before it is disposed.
            await server.StopAsync(CancellationToken.None);
            if (e is SocketException)
            {
                // An address that this machine does not have, or a port that only root may take.
                throw new CommandFailedException($"{urls} can not be listened on: {e.Message}.");
            }

            throw;
        }
    }

    private sealed record Choices(string Urls, string? Data, string? Connection, int? Azurite, bool Demo);
}
