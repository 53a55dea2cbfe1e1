using System.CommandLine;

namespace Trailgate.Cli.Commands;

/// <summary><c>trailgate archive</c>: archives what is in the inbox now. Safe beside a running server.</summary>
internal static class ArchiveCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var command = new Command("archive", "Archives what waits in the inbox now, and ends.") { data };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(data), parsed.InvocationConfiguration.Output));
        return command;
    }

    private static Task<int> RunAsync(string? data, TextWriter output)
    {
        throw new CommandFailedException($"not built yet {data} {output}");
    }
}
