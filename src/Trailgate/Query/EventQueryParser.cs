using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Trailgate.Events;

namespace Trailgate.Query;

/// <summary>Reads the parameters of one request; the first that is wrong ends it.</summary>
internal sealed class EventQueryParser
{
    private const int MaxTextLength = 1_024;
    private const int MaxRegions = 100;

    /// <summary>What is wrong, when <see cref="Read"/> gave nothing.</summary>
    public Problem? Problem { get; private set; }

    public EventQuery? Read(IQueryCollection parameters)
    {
        var query = new EventQuery();
        foreach (var (name, values) in parameters)
        {
            if (Apply(query, name, values) is not { } next)
            {
                return null;
            }

            query = next;
        }

        return query is { From: { } from, To: { } to } && from >= to
            ? Refuse("'from' must be earlier than 'to': the window includes the first and ends before the second.")
            : query;
    }

    private EventQuery? Apply(EventQuery query, string name, StringValues values) => name.ToLowerInvariant() switch
    {
        "from" => Time("from", values) is { } from ? query with { From = from } : null,
        "to" => Time("to", values) is { } to ? query with { To = to } : null,
        "region" => Regions(values) is { } regions ? query with { Regions = regions } : null,
        "source" => Text("source", values) is { } source ? query with { Source = source } : null,
        "action" => Action(values) is { } action ? query with { Action = action } : null,
        "outcome" => Ending(values) is { } outcome ? query with { Outcome = outcome } : null,
        "targetid" => Text("targetId", values) is { } target ? query with { Target = new TargetFilter(target) } : null,
        "correlationid" => Text("correlationId", values) is { } correlation ? query with { CorrelationId = correlation } : null,
        "limit" => Limit(values) is { } limit ? query with { Limit = limit } : null,
        // Says how to answer, not what to look for: the endpoint reads it.
        "format" => query,
        _ => Refuse(QueryParameters.Unknown(name)),
    };

    private EventTime? Time(string name, StringValues values)
    {
        if (Text(name, values) is not { } text)
        {
            return null;
        }

        if (QueryTime.TryParse(text, out var time))
        {
            return time;
        }

        Refuse($"'{name}' must be a time by RFC 3339, such as 2026-11-22T05:54:00Z or 2026-11-22T06:54:00.5+01:00 (write + as %2B), or a date such as 2026-11-22 for its first moment in UTC.");
        return null;
    }

    private HashSet<string>? Regions(StringValues values)
    {
        var regions = new HashSet<string>(StringComparer.Ordinal);
        foreach (var value in values)
        {
            foreach (var part in (value ?? "").Split(',', StringSplitOptions.TrimEntries))
            {
                var name = part.ToLowerInvariant();
                if (name.Length is 0 or > Region.MaxLength || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
                {
                    Refuse($"'region' must be names such as us-south, global or unknown, split by commas or given as several parameters; each has 1 to {Region.MaxLength} letters, digits or hyphens.");
                    return null;
                }

                regions.Add(name);
            }
        }

        if (regions.Count <= MaxRegions)
        {
            return regions;
        }

        Refuse($"'region' takes at most {MaxRegions} names; leave it out for all regions.");
        return null;
    }

    private ActionPattern? Action(StringValues values) =>
        Text("action", values) is { } text ? new ActionPattern(text) : null;

    private Outcome? Ending(StringValues values)
    {
        if (Text("outcome", values) is not { } text)
        {
            return null;
        }

        if (Outcomes.TryParse(System.Text.Encoding.UTF8.GetBytes(text.ToLowerInvariant()), out var outcome))
        {
            return outcome;
        }

        Refuse("'outcome' must be one of success, failure, pending, unknown.");
        return null;
    }

    private int? Limit(StringValues values)
    {
        if (Text("limit", values) is not { } text)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= EventQuery.MaxLimit)
        {
            return limit;
        }

        Refuse($"'limit' must be a whole number from 1 to {EventQuery.MaxLimit}.");
        return null;
    }

    private string? Text(string name, StringValues values)
    {
        if (values.Count > 1)
        {
            Refuse($"'{name}' is given {values.Count} times; give it once.");
            return null;
        }

        if (values is [{ Length: > 0 and <= MaxTextLength } text])
        {
            return text;
        }

        Refuse($"'{name}' must have 1 to {MaxTextLength} characters; leave it out to not filter by it.");
        return null;
    }

    private EventQuery? Refuse(string detail)
    {
        Problem = QueryParameters.Bad(detail);
        return null;
    }
}
