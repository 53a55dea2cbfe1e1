using System.CommandLine;
using Trailgate.Alerts.Delivery;

namespace Trailgate.Cli.Commands;

/// <summary>
/// <c>trailgate alerts redeliver ID</c> or <c>--channel NAME</c>: queues dead letters again; whoever serves delivers them.
/// Safe beside a running server.
/// </summary>
internal static class AlertsRedeliverCommand
{
    public static Command Create()
    {
        var id = new Argument<string?>("ID")
        {
            Description = "The id of an alert, a summary or a resolution that is among the dead letters.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var channel = new Option<string?>("--channel")
        {
            Description = "Send all dead letters of this channel again, and enable it if its receiver had disabled it.",
            HelpName = "NAME",
        };
        var data = CommonOptions.Data();
        var connection = CommonOptions.Connection();
        var command = new Command("redeliver", "Sends dead letters again: one, or all of a channel.") { id, channel, data, connection };
        command.Validators.Add(result =>
        {
            if (result.GetValue(id) is null == result.GetValue(channel) is null)
            {
                result.AddError("Either ID or --channel NAME must be given.");
            }
        });
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(id), parsed.GetValue(channel), parsed.GetValue(data), parsed.GetValue(connection), parsed.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string? id, string? channel, string? data, string? connection, TextWriter output, CancellationToken cancellationToken)
    {
        using var settings = Settings.Load(Directory.GetCurrentDirectory(), data, connection);
        await using var provider = CommandServices.BuildOnStores(settings);

        var redelivery = provider.GetRequiredService<Redelivery>();
        if (channel is not null && !redelivery.Knows(channel))
        {
            throw new CommandFailedException($"No channel is named {channel} in the settings here.");
        }

        var sent = channel is not null
            ? await redelivery.AllAsync(channel, cancellationToken)
            : await redelivery.OneAsync(id ?? "", cancellationToken);
        await output.WriteLineAsync(sent switch
        {
            0 when channel is not null => $"Channel {channel} has no dead letters.",
            0 => "There is no dead letter of that id.",
            1 => "1 dead letter is queued again.",
            _ => $"{sent} dead letters are queued again.",
        });
        return sent == 0 ? CommandLine.DoneWithFindings : CommandLine.Done;
    }
}
