using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Trailgate.Alerts.Rules;
using Trailgate.Alerts.Trial;
using Trailgate.Cli.Looking;
using Trailgate.Query;

namespace Trailgate.Cli.Commands;

/// <summary>
/// <c>trailgate rules test FILE --from ... --to ...</c>: what the rules would have alerted of, over the archive. Sends
/// nothing and writes nothing.
/// </summary>
internal static class RulesTestCommand
{
    public static Command Create()
    {
        var file = RulesCommand.File();
        var times = FilterOptions.Times();
        var data = CommonOptions.Data();
        var connection = CommonOptions.Connection();
        var command = new Command("test", "Tries rules on what is archived: counts, and the first examples. Sends nothing.") { file, data, connection };
        times.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(file), times.Read(parsed, view: null), parsed.GetValue(data), parsed.GetValue(connection),
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string file, EventQuery window, string? data, string? connection, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        var rules = RulesFile.Read(await RulesCommand.ReadAsync(file, cancellationToken));
        if (rules.Problems.Count > 0)
        {
            throw new CommandFailedException($"{file} has faults; 'trailgate rules check {file}' lists them. The first: {rules.Problems[0]}");
        }

        using var settings = Settings.Load(Directory.GetCurrentDirectory(), data, connection);
        await using var provider = CommandServices.BuildOnStores(settings);

        var report = await provider.GetRequiredService<RuleTrial>().RunAsync(rules.Rules, window.From, window.To, cancellationToken);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{report.Events} archived events."));
        foreach (var rule in report.Rules)
        {
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{rule.Rule}: {rule.Matches} matches, {rule.Notifications} notifications a channel{(rule.Untold > 0 ? $", {rule.Untold} not told" : "")}"));
            foreach (var example in rule.Examples)
            {
                await output.WriteLineAsync($"  {Describe(example)}");
            }
        }

        foreach (var finding in report.Damaged.Concat(report.Unavailable.Select(store => $"The store {store} did not answer.")))
        {
            await error.WriteLineAsync(finding);
        }

        return report.Damaged.Count + report.Unavailable.Count == 0 ? CommandLine.Done : CommandLine.DoneWithFindings;
    }

    private static string Describe(string alert)
    {
        using var document = JsonDocument.Parse(alert);
        var told = document.RootElement.GetProperty("event");
        var text = new StringBuilder();
        foreach (var name in new[] { "eventTime", "region", "action", "outcome", "id" })
        {
            text.Append(Text(told, name)).Append(' ');
        }

        if (told.TryGetProperty("initiator", out var initiator))
        {
            text.Append("by ").Append(Text(initiator, "name") is { Length: > 0 } known ? known : Text(initiator, "id"));
        }

        // A terminal obeys control characters, and a source may write any.
        return string.Concat(text.ToString().Trim().Select(static c => char.IsControl(c) ? '?' : c));
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
