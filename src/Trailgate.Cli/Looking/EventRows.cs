using System.Text;
using Trailgate.Events;
using Trailgate.Query;

namespace Trailgate.Cli.Looking;

/// <summary>Events as lines for people.</summary>
internal static class EventRows
{
    private static readonly string[] Usual = ["eventTime", "trailgate.region", "action", "outcome", "initiator", "target.name", "reason.reasonForFailure", "id"];

    /// <summary>Writes events as a table.</summary>
    /// <param name="lines">The events, as they are stored.</param>
    /// <param name="columns">Places in an event, split by dots; null for the usual ones.</param>
    /// <param name="terminal">Where it goes.</param>
    public static void WriteTable(IEnumerable<ReadOnlyMemory<byte>> lines, IReadOnlyList<string>? columns, Terminal terminal)
    {
        var table = new TextTable([.. (columns ?? Usual).Select(static column => column == "trailgate.region" ? "region" : column)]);
        foreach (var line in lines)
        {
            if (EventDocument.TryRead(line.Span, out var read))
            {
                table.Add((columns ?? Usual).Select(column => Cell(read, column)), ColorOf(read));
            }
        }

        table.Write(terminal);
    }

    /// <summary>One event on one line.</summary>
    public static string Sentence(EventDocument read)
    {
        var target = ObjectName.Of(Cell(read, "target.name"), Cell(read, "target.id"), read.Text("requestData", "name") ?? "");
        var reason = Cell(read, "reason.reasonForFailure");
        return SafeText.Of($"{read.Position.Time}  {Cell(read, "trailgate.region")}  {read.Action}  {Cell(read, "outcome")}"
            + $"{By(read)}{(target.Length > 0 ? $"  on {target}" : "")}{(reason.Length > 0 ? $"  ({reason})" : "")}");
    }

    /// <summary>A stored line for a terminal, or as it is for the next program.</summary>
    public static string Json(ReadOnlySpan<byte> line, Terminal terminal) =>
        terminal.Width is null ? Encoding.UTF8.GetString(line) : SafeText.Of(Encoding.UTF8.GetString(line));

    /// <summary>How an event is shown: what failed stands out, then what takes away.</summary>
    public static Color ColorOf(EventDocument read) => read switch
    {
        { Outcome: Outcome.Failure } => Color.Red,
        { Kind: EventKind.Delete } => Color.Yellow,
        _ => Color.None,
    };

    private static string By(EventDocument read) => Cell(read, "initiator") is { Length: > 0 } who ? $"  by {who}" : "";

    private static string Cell(EventDocument read, string column)
    {
        if (column == "initiator")
        {
            return read.Text("initiator", "name") is { Length: > 0 } name ? name : read.Text("initiator", "id") ?? "";
        }

        var path = column.Split('.');
        return read.Find(path) is { } found ? read.Text(path) ?? found.GetRawText() : "";
    }
}
