using System.CommandLine;
using Trailgate.Alerts.Rules;

namespace Trailgate.Cli.Commands;

/// <summary><c>trailgate rules check FILE</c>: says what is wrong with a file of rules, each with its place. Exit code 1 when anything is.</summary>
internal static class RulesCheckCommand
{
    public static Command Create()
    {
        var file = RulesCommand.File();
        var command = new Command("check", "Says what is wrong with a file of rules, and which rules would be on with it.") { file };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(file), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string file, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        var rules = RulesFile.Read(await RulesCommand.ReadAsync(file, cancellationToken));
        if (rules.Problems.Count > 0)
        {
            foreach (var problem in rules.Problems)
            {
                await error.WriteLineAsync($"{file}: {problem}");
            }

            return CommandLine.DoneWithFindings;
        }

        await output.WriteLineAsync($"On:  {string.Join(", ", rules.Rules.Where(rule => rule.IsOn))}");
        await output.WriteLineAsync($"Off: {string.Join(", ", rules.Rules.Where(rule => !rule.IsOn))}");
        return CommandLine.Done;
    }
}
