using System.CommandLine;
using Trailgate.Cli.Looking;
using Trailgate.Query;
using Trailgate.Query.Changes;
using EventId = Trailgate.Events.EventId;

namespace Trailgate.Cli.Commands;

/// <summary><c>trailgate changes EVENT-ID</c>: what an event changed, each old value with the event that showed it.</summary>
internal static class ChangesCommand
{
    public static Command Create()
    {
        var id = new Argument<EventId>("EVENT-ID")
        {
            Description = "The event's id: 32 hexadecimal digits.",
            CustomParser = static result =>
            {
                if (!EventId.TryParse(result.Tokens is [var token] ? token.Value.ToLowerInvariant() : "", out var parsed))
                {
                    result.AddError("EVENT-ID must have 32 hexadecimal digits; 'id' of every event is one.");
                }

                return parsed;
            },
        };
        var json = LookingOptions.Json();
        var data = CommonOptions.Data();
        var connection = CommonOptions.Connection();
        var command = new Command("changes", "Says what an event changed, each old value with the event that showed it.") { id, json, data, connection };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var stores = OpenedStores.Open(parsed.GetValue(data), parsed.GetValue(connection));
            var found = await new EventLookup(stores.Readers).FindAsync(parsed.GetRequiredValue(id), cancellationToken)
                ?? throw new CommandFailedException($"There is no event {parsed.GetRequiredValue(id)}, neither in the archive nor in the inbox.");
            var changes = await new ChangeSearch(stores.Search, stores.Readers).FindAsync(found, cancellationToken);
            var terminal = Terminal.Of(parsed.InvocationConfiguration.Output);
            if (parsed.GetValue(json))
            {
                await terminal.Output.WriteLineAsync(LookingOptions.ToJson(writer => ChangesJson.Write(writer, changes), terminal));
            }
            else
            {
                Write(found, changes, terminal);
            }

            return CommandLine.Done;
        });
        return command;
    }

    private static void Write(FoundEvent found, EventChanges changes, Terminal terminal)
    {
        if (EventDocument.TryRead(found.Line.Span, out var read))
        {
            terminal.Output.WriteLine(terminal.Paint(EventRows.Sentence(read), Color.Bold));
        }

        foreach (var difference in changes.Differences)
        {
            Write(difference, terminal);
        }

        foreach (var path in changes.Unknown)
        {
            terminal.Output.WriteLine(terminal.Paint(SafeText.Of($"? {path}  written; no event shows what was there before"), Color.Dim));
        }

        if (changes is { Last: { } last, LastSeen: { } seen })
        {
            terminal.Output.WriteLine(terminal.Paint(SafeText.Of($"- {last.GetRawText()}"), Color.Red) + Seen(seen, terminal));
        }

        if (changes.State == ChangeState.NothingToCompare)
        {
            terminal.Output.WriteLine("The event carries no values.");
        }
        else if (changes is { State: ChangeState.Compared, Differences.Count: 0, Last: null })
        {
            terminal.Output.WriteLine("Nothing differs from what was known before.");
        }

        foreach (var note in changes.Notes)
        {
            terminal.Output.WriteLine(SafeText.Of($"note: {note}"));
        }
    }

    private static void Write(Difference difference, Terminal terminal)
    {
        terminal.Output.WriteLine(SafeText.Of($"{difference.Op} {difference.Path}"));
        if (difference.Old is { } old)
        {
            terminal.Output.WriteLine(terminal.Paint(SafeText.Of($"  - {old.GetRawText()}"), Color.Red) + Seen(difference.Observed, terminal));
        }

        if (difference.Value is { } value)
        {
            terminal.Output.WriteLine(terminal.Paint(SafeText.Of($"  + {value.GetRawText()}"), Color.Yellow));
        }
    }

    private static string Seen(Observation? seen, Terminal terminal) => seen is null
        ? ""
        : terminal.Paint(SafeText.Of($"   seen {seen.Time} in {seen.Action}, {seen.Id}"), Color.Dim);
}
