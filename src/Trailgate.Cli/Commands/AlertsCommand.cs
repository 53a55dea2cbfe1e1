using System.CommandLine;

namespace Trailgate.Cli.Commands;

/// <summary><c>trailgate alerts</c>: what can be done about alerts beside a running server.</summary>
internal static class AlertsCommand
{
    public static Command Create() => new("alerts", "Alerts and their dead letters.")
    {
        AlertsExplainCommand.Create(),
    };
}
