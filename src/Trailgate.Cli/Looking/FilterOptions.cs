using System.CommandLine;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Trailgate.Query;
using Trailgate.Query.Views;

namespace Trailgate.Cli.Looking;

/// <summary>The filters of <c>GET /api/events</c>, and the order, as options: under the same names, read by the same rules.</summary>
internal sealed class FilterOptions
{
    private const string Time = "RFC 3339, such as 2026-11-22T05:54:00Z, a date for its first moment, or 2h, 7d, today, yesterday.";

    private readonly List<(string Parameter, Option<string[]> Option)> _options = [];

    private FilterOptions()
    {
    }

    /// <summary>All of them.</summary>
    public static FilterOptions All() => Times().AddRest().Add("order", "ORDER", "newest or oldest first.");

    /// <summary>The window alone.</summary>
    public static FilterOptions Times() => new FilterOptions()
        .Add("from", "TIME", $"Events from a time on: {Time}")
        .Add("to", "TIME", "Events before a time.");

    /// <summary>All but window and order.</summary>
    public static FilterOptions WithoutTimes() => new FilterOptions().AddRest();

    public void AddTo(Command command) => _options.ForEach(option => command.Add(option.Option));

    /// <summary>The query that the command line asks for, over a view when one is named: an option takes the place of the view's.</summary>
    /// <exception cref="CommandFailedException">It is not understood, or a parameter of the view is missing.</exception>
    public EventQuery Read(ParseResult parsed, SavedView? view)
    {
        var parameters = new Dictionary<string, StringValues>(QueryHelpers.ParseQuery(view?.Query), StringComparer.OrdinalIgnoreCase);
        foreach (var (parameter, option) in _options)
        {
            if (parsed.GetValue(option) is { Length: > 0 } values)
            {
                parameters[parameter] = values;
            }
        }

        if (view?.Parameters.FirstOrDefault(asked => !parameters.ContainsKey(asked.Name)) is { } missing)
        {
            throw new CommandFailedException($"The view asks for {NameOf(missing.Name)}: {SafeText.Of(missing.Title)}.");
        }

        return EventQuery.TryParse(new QueryCollection(parameters), out var query, out var problem)
            ? query
            : throw new CommandFailedException(_options.Aggregate(
                problem.Detail, static (detail, option) => detail.Replace($"'{option.Parameter}'", option.Option.Name, StringComparison.Ordinal)));
    }

    private FilterOptions AddRest() =>
        Add("region", "LIST", "Some regions, split by commas.")
        .Add("action", "PATTERN", "Actions that look like a pattern: * stands for any characters; several, split by commas.")
        .Add("kind", "LIST", "Some of read, create, update, delete, security, other.")
        .Add("outcome", "NAME", "success, failure, pending or unknown.")
        .Add("severity", "LIST", "Some of normal, warning, critical.")
        .Add("initiator", "PATTERN", "Who did it: their id or name.")
        .Add("targetId", "ID", "One target; a CRN finds what lies below it as well.")
        .Add("correlationId", "ID", "One request.")
        .Add("reason", "TEXT", "A text in the reason.")
        .Add("text", "TEXT", "A text anywhere. A ! before the value of any filter leaves out what it finds.");

    private FilterOptions Add(string parameter, string value, string description)
    {
        _options.Add((parameter, new Option<string[]>(NameOf(parameter)) { Description = description, HelpName = value }));
        return this;
    }

    // targetId is --target-id.
    private static string NameOf(string parameter) =>
        "--" + string.Concat(parameter.Select(static c => char.IsUpper(c) ? $"-{char.ToLowerInvariant(c)}" : c.ToString()));
}
