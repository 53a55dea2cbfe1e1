using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Trailgate.Events;
using Trailgate.Query;

namespace Trailgate.Alerts.Listing;

/// <summary>Which alerts are asked for. Filters that are not set let everything pass.</summary>
internal sealed record AlertQuery
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1_000;

    private const int MaxTextLength = 200;

    /// <summary>Earliest time at which it was raised, included.</summary>
    public EventTime? From { get; init; }

    /// <summary>End of those times, not included.</summary>
    public EventTime? To { get; init; }

    public string? Rule { get; init; }

    public string? Region { get; init; }

    public AlertState? State { get; init; }

    public int Limit { get; init; } = DefaultLimit;

    /// <summary>Where the page before ended; null for the first.</summary>
    public AlertPlace? After { get; init; }

    /// <summary>Reads the parameters of a request. One that nobody knows is an error: a misspelt filter would let everything pass.</summary>
    public static bool TryParse(
        IQueryCollection parameters, DateTimeOffset now, [NotNullWhen(true)] out AlertQuery? query, [NotNullWhen(false)] out Problem? problem)
    {
        query = new AlertQuery();
        problem = null;
        foreach (var (name, values) in parameters)
        {
            if (values is not [{ Length: > 0 and <= MaxTextLength } text])
            {
                problem = QueryParameters.Bad("Each parameter is given once, and has 1 to 200 characters.");
            }
            else if (query.With(name, text, now) is { } next)
            {
                query = next;
                continue;
            }
            else
            {
                problem = QueryParameters.Bad(Sentence(name));
            }

            query = null;
            return false;
        }

        return true;
    }

    private AlertQuery? With(string name, string text, DateTimeOffset now) => name.ToLowerInvariant() switch
    {
        "from" => QueryTime.TryParse(text, now, out var from) ? this with { From = from } : null,
        "to" => QueryTime.TryParse(text, now, out var to) ? this with { To = to } : null,
        "rule" => this with { Rule = text },
        "region" => this with { Region = text },
        "state" => Enum.GetValues<AlertState>().Where(state => Text(state) == text).Select(static state => (AlertState?)state).FirstOrDefault() is { } state
            ? this with { State = state }
            : null,
        "limit" => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit
            ? this with { Limit = limit }
            : null,
        "after" => AlertPlace.TryParse(text, out var place) ? this with { After = place } : null,
        _ => null,
    };

    /// <summary>A state as it is written.</summary>
    public static string Text(AlertState state) => state.ToString().ToLowerInvariant();

    private static string Sentence(string name) => name.ToLowerInvariant() switch
    {
        "from" or "to" => $"'{name.ToLowerInvariant()}' must be {QueryTime.Rule}.",
        "state" => $"'state' must be one of {string.Join(", ", Enum.GetValues<AlertState>().Select(Text))}.",
        "limit" => $"'limit' must be a whole number from 1 to {MaxLimit}.",
        "after" => "'after' must be what 'next' of the page before was.",
        _ => "A parameter is not known. Known are: from, to, rule, region, state, limit, after.",
    };
}
