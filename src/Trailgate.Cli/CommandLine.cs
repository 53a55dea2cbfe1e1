using System.CommandLine;
using Trailgate.Cli.Commands;
using Trailgate.Cli.Looking;

namespace Trailgate.Cli;

/// <summary>The <c>trailgate</c> command. Exit codes: 0 done, 1 done with findings, 2 could not.</summary>
internal static class CommandLine
{
    public const int Done = 0;
    public const int DoneWithFindings = 1;
    public const int CouldNot = 2;

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        // What many try first.
        var parsed = Create().Parse(args is ["help", .. var about] ? [.. about, "--help"] : args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var problem in parsed.Errors)
            {
                await error.WriteLineAsync(problem.Message);
            }

            await error.WriteLineAsync($"See '{NameOf(parsed.CommandResult)} --help'.");
            return CouldNot;
        }

        var invocation = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            // Each command ends by itself on Ctrl-C and SIGTERM; the default would cut a draining server off after 2 s.
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parsed.InvokeAsync(invocation);
        }
        catch (IOException e) when (PipedOutput.IsClosed(e))
        {
            // Who reads has enough, as head does; to say so would only be in the way.
            return CouldNot;
        }
        catch (Exception e) when (ExpectedFailure.Explain(e) is not null)
        {
            foreach (var sentence in ExpectedFailure.Explain(e)!)
            {
                await error.WriteLineAsync(sentence);
            }

            return CouldNot;
        }
        catch (Exception e)
        {
            await error.WriteLineAsync($"This is a fault in trailgate: {e}");
            return CouldNot;
        }
    }

    private static RootCommand Create() => new("Receives audit events, archives them as evidence, and tells people about the ones that matter.")
    {
        ServeCommand.Create(),
        ArchiveCommand.Create(),
        IndexCommand.Create(),
        QueryCommand.Create(),
        TailCommand.Create(),
        StoryCommand.Create(),
        ChangesCommand.Create(),
        VerifyCommand.Create(),
        RulesCommand.Create(),
        AlertsCommand.Create(),
        AccessKeyCommand.Create(),
        KeyCommand.Create(),
        ProveCommand.Create(),
    };

    private static string NameOf(System.CommandLine.Parsing.CommandResult result)
    {
        var names = new Stack<string>();
        for (System.CommandLine.Parsing.SymbolResult? current = result; current is System.CommandLine.Parsing.CommandResult command; current = command.Parent)
        {
            names.Push(command.Command is RootCommand ? "trailgate" : command.Command.Name);
        }

        return string.Join(' ', names);
    }
}
