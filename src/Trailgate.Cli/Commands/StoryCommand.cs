using System.CommandLine;
using Trailgate.Cli.Looking;
using Trailgate.Query;
using Trailgate.Query.Stories;

namespace Trailgate.Cli.Commands;

/// <summary><c>trailgate story CORRELATION-ID</c>: all that one request did, in order.</summary>
internal static class StoryCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("CORRELATION-ID") { Description = "correlationId of an event, to the letter." };
        var json = LookingOptions.Json();
        var data = CommonOptions.Data();
        var connection = CommonOptions.Connection();
        var command = new Command("story", "Tells all that one request did, in order, and what its initiators did around it.") { id, json, data, connection };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var stores = OpenedStores.Open(parsed.GetValue(data), parsed.GetValue(connection));
            var story = await new StorySearch(stores.Search).FindAsync(parsed.GetRequiredValue(id), cancellationToken)
                ?? throw new CommandFailedException("No event has that correlationId; it is compared to the letter.");
            var terminal = Terminal.Of(parsed.InvocationConfiguration.Output);
            if (parsed.GetValue(json))
            {
                await terminal.Output.WriteLineAsync(LookingOptions.ToJson(writer => StoryJson.Write(writer, story), terminal));
            }
            else
            {
                Write(story, terminal);
            }

            return await OpenedStores.ReportAsync(story.Damaged, story.Unavailable, parsed.InvocationConfiguration.Error);
        });
        return command;
    }

    private static void Write(Story story, Terminal terminal)
    {
        terminal.Output.WriteLine(terminal.Paint(
            SafeText.Of($"{story.CorrelationId}: {story.Steps.Count}{(story.More ? " and more" : "")} steps in {string.Join(", ", story.Regions)}, {story.From} to {story.To}"), Color.Bold));
        WriteLines("before, by the same:", story.Before, terminal);
        foreach (var step in story.Steps)
        {
            Write(step.Line, step.IsUnresolved ? "  ? no end is told" : "", Color.None, terminal);
        }

        WriteLines("after, by the same:", story.After, terminal);
    }

    private static void WriteLines(string title, IReadOnlyList<ReadOnlyMemory<byte>> lines, Terminal terminal)
    {
        if (lines.Count > 0)
        {
            terminal.Output.WriteLine(terminal.Paint(title, Color.Dim));
        }

        foreach (var line in lines)
        {
            Write(line, "", Color.Dim, terminal);
        }
    }

    private static void Write(ReadOnlyMemory<byte> line, string end, Color color, Terminal terminal)
    {
        if (EventDocument.TryRead(line.Span, out var read))
        {
            terminal.Output.WriteLine("  " + terminal.Paint(EventRows.Sentence(read) + end, color == Color.None ? EventRows.ColorOf(read) : color));
        }
    }
}
