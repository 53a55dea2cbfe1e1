using System.CommandLine;
using Trailgate.Alerts.Trial;
using EventId = Trailgate.Events.EventId;

namespace Trailgate.Cli.Commands;

/// <summary><c>trailgate alerts explain EVENT-ID</c>: why an event raised alerts, why it raised no others, and what became of them.</summary>
internal static class AlertsExplainCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("EVENT-ID") { Description = "The id of an event: 32 hexadecimal digits." };
        id.Validators.Add(result =>
        {
            if (!EventId.TryParse(result.GetValueOrDefault<string>(), out _))
            {
                result.AddError("EVENT-ID must be 32 lower-case hexadecimal digits, as GET /api/events and the answers to POST show them.");
            }
        });
        var data = CommonOptions.Data();
        var connection = CommonOptions.Connection();
        var command = new Command("explain", "Says for each rule whether an event met it, or which test failed, and what became of its alert.") { id, data, connection };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(id), parsed.GetValue(data), parsed.GetValue(connection), parsed.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string id, string? data, string? connection, TextWriter output, CancellationToken cancellationToken)
    {
        using var settings = Settings.Load(Directory.GetCurrentDirectory(), data, connection);
        await using var provider = CommandServices.BuildOnStores(settings);

        if (!EventId.TryParse(id, out var parsed)
            || await provider.GetRequiredService<AlertExplainer>().ExplainAsync(parsed, cancellationToken) is not { } verdicts)
        {
            throw new CommandFailedException($"There is no event {id}, neither in the inbox nor in the archive.");
        }

        foreach (var verdict in verdicts)
        {
            await output.WriteLineAsync(Clean(Headline(verdict)));
            foreach (var more in Details(verdict))
            {
                await output.WriteLineAsync(Clean($"  {more}"));
            }
        }

        return CommandLine.Done;
    }

    private static string Headline(RuleVerdict verdict) => verdict switch
    {
        { AlertId: { } alert, State: { } state } => $"{verdict.Rule}: alert {alert}, {state}",
        { Matches: true, IsOn: false } => $"{verdict.Rule}: would match, but is off",
        { Matches: true } => $"{verdict.Rule}: matches by the rules of now; no alert was raised, or its record is gone",
        { IsOn: false } => $"{verdict.Rule}: off, and does not match",
        _ => $"{verdict.Rule}: does not match",
    };

    private static IEnumerable<string> Details(RuleVerdict verdict)
    {
        foreach (var reason in verdict.Reasons)
        {
            yield return reason;
        }

        if (verdict.Group is { } group)
        {
            yield return group;
        }

        foreach (var delivery in verdict.Deliveries)
        {
            yield return delivery;
        }
    }

    // A terminal obeys control characters, and a source may write any.
    private static string Clean(string text) => string.Concat(text.Select(static c => char.IsControl(c) ? '?' : c));
}
