using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Cli.Looking;
using Trailgate.Query;
using Trailgate.Query.Views;

namespace Trailgate.Cli.Commands;

/// <summary><c>trailgate query</c>: finds events in the stores themselves, with the filters of the API.</summary>
internal static class QueryCommand
{
    private const int DefaultLimit = 100;
    private static readonly string[] Formats = ["table", "ndjson", "csv"];

    public static Command Create()
    {
        var filters = FilterOptions.All();
        var view = new Option<string?>("--view") { Description = "A saved view: its filters and its columns.", HelpName = "NAME" };
        var limit = new Option<int>("--limit")
        {
            Description = $"Most events, {DefaultLimit} without it.",
            HelpName = "NUMBER",
            DefaultValueFactory = static _ => DefaultLimit,
            CustomParser = static result =>
            {
                if (!int.TryParse(result.Tokens.Single().Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
                {
                    result.AddError($"--limit must be a whole number from 1 to {int.MaxValue}.");
                }

                return number;
            },
        };
        var format = new Option<string?>("--format") { Description = "table (on a terminal), ndjson (into a pipe) or csv.", HelpName = "FORMAT" };
        format.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && !Formats.Contains(token.Value))
            {
                result.AddError($"--format must be one of {string.Join(", ", Formats)}.");
            }
        });
        var data = CommonOptions.Data();
        var connection = CommonOptions.Connection();
        var command = new Command("query", "Finds events in the inbox and the archive; no server is needed.") { view, limit, format, data, connection };
        filters.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var stores = OpenedStores.Open(parsed.GetValue(data), parsed.GetValue(connection));
            var chosen = parsed.GetValue(view) is { } name ? await FindViewAsync(stores, name, cancellationToken) : null;
            var query = filters.Read(parsed, chosen);
            var terminal = Terminal.Of(parsed.InvocationConfiguration.Output);
            var form = parsed.GetValue(format) ?? (terminal.Width is null ? "ndjson" : "table");
            return await RunAsync(stores, query, parsed.GetValue(limit), form, chosen?.Columns, terminal, parsed.InvocationConfiguration.Error, cancellationToken);
        });
        return command;
    }

    private static async Task<SavedView> FindViewAsync(OpenedStores stores, string name, CancellationToken cancellationToken) =>
        ViewName.TryParse(name, out var parsed)
        && await new ViewStore(stores.Stores, NullLogger<ViewStore>.Instance).FindAsync(parsed, cancellationToken) is { } found
            ? found.View
            : throw new CommandFailedException($"There is no view '{SafeText.Of(name)}'. Shipped are {string.Join(", ", ShippedViews.All.Select(static view => view.Name))}.");

    private static async Task<int> RunAsync(
        OpenedStores stores, EventQuery query, int limit, string form, IReadOnlyList<string>? columns, Terminal terminal, TextWriter error, CancellationToken cancellationToken)
    {
        if (form == "csv")
        {
            await terminal.Output.WriteAsync(EventTable.Titles);
        }

        HashSet<DamagedPart> damaged = [];
        HashSet<string> unavailable = [];
        EventPage page;
        do
        {
            page = await stores.Search.FindAsync(query with { Limit = Math.Min(limit, EventQuery.MaxLimit) }, cancellationToken);
            await WriteAsync(page, form, columns, terminal);
            damaged.UnionWith(page.Damaged);
            unavailable.UnionWith(page.Unavailable);
            limit -= page.Lines.Count;
            query = query with { After = page.Last };
        }
        while (page.More && limit > 0);

        if (page.More && form == "table")
        {
            await error.WriteLineAsync("There are more; --limit shows them.");
        }

        return await OpenedStores.ReportAsync(damaged, unavailable, error);
    }

    private static async Task WriteAsync(EventPage page, string form, IReadOnlyList<string>? columns, Terminal terminal)
    {
        if (form == "table")
        {
            EventRows.WriteTable(page.Lines, columns, terminal);
            return;
        }

        foreach (var line in page.Lines)
        {
            await (form == "csv" ? terminal.Output.WriteAsync(EventTable.Row(line)) : terminal.Output.WriteLineAsync(EventRows.Json(line.Span, terminal)));
        }
    }
}
