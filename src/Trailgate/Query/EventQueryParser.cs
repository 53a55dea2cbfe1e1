using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Trailgate.Events;
using Trailgate.Normalize;
using Trailgate.Query.Facets;

namespace Trailgate.Query;

/// <summary>Reads the parameters of one request; the first that is wrong ends it.</summary>
internal sealed class EventQueryParser(TimeProvider clock)
{
    private const int MaxTextLength = 1_024;
    private const int MaxRegions = 100;
    private const int MaxExcept = 20;

    private static readonly string[] KindNames = [.. Enum.GetValues<EventKind>().Select(EventKinds.ToText)];
    private static readonly string[] SeverityNames = [.. Enum.GetValues<EventSeverity>().Select(EventSeverities.ToText)];
    private static readonly string[] FacetNames = [.. Enum.GetNames<Facet>().Select(static name => name.ToLowerInvariant())];

    private static readonly string LimitRule = $"'limit' must be a whole number from 1 to {EventQuery.MaxLimit}; with 'facets' it may be 0.";

    private static readonly string[] Negatable =
        ["region", "action", "kind", "outcome", "severity", "initiator", "targetid", "correlationid", "reason", "text"];

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
            : query is { Limit: 0, Facets.Count: 0 }
            ? Refuse(LimitRule)
            : query;
    }

    private EventQuery? Apply(EventQuery query, string name, StringValues values)
    {
        var canonical = name.ToLowerInvariant();
        var positive = values.Where(static value => value is not ['!', ..]).ToArray();
        if (positive.Length == values.Count || !Negatable.Contains(canonical))
        {
            return Filter(query, canonical, values) ?? (Problem is null ? Refuse(QueryParameters.Unknown(name)) : null);
        }

        // Each value with a mark is a condition of its own, that must not hold; what is left must.
        var except = new List<EventQuery>(query.Except);
        foreach (var value in values.Where(static value => value is ['!', ..]))
        {
            if (Filter(new EventQuery(), canonical, value![1..]) is not { } excepted) // not null: it begins with the mark
            {
                return null;
            }

            except.Add(excepted);
        }

        query = query with { Except = except };
        return except.Count > MaxExcept ? Refuse($"More than {MaxExcept} values are left out with '!'; that is too many.")
            : positive.Length == 0 ? query
            : Filter(query, canonical, positive);
    }

    // Null without a problem means that there is no such parameter.
    private EventQuery? Filter(EventQuery query, string name, StringValues values) => name switch
    {
        "from" => Time("from", values) is { } from ? query with { From = from } : null,
        "to" => Time("to", values) is { } to ? query with { To = to } : null,
        "region" => Regions(values) is { } regions ? query with { Regions = regions } : null,
        "action" => Text("action", values) is { } action ? query with { Action = ActionPattern.AnyOf(action) } : null,
        "kind" => Names("kind", values, KindNames) is { } kinds ? query with { Kinds = kinds.Select(KindOf).ToHashSet() } : null,
        "outcome" => Ending(values) is { } outcome ? query with { Outcome = outcome } : null,
        "severity" => Names("severity", values, SeverityNames) is { } severities ? query with { Severities = severities } : null,
        "initiator" => Text("initiator", values) is { } initiator ? query with { Initiator = new ActionPattern(initiator) } : null,
        "targetid" => Text("targetId", values) is { } target ? query with { Target = new TargetFilter(target) } : null,
        "correlationid" => Text("correlationId", values) is { } correlation ? query with { CorrelationId = correlation } : null,
        "reason" => Text("reason", values) is { } reason ? query with { Reason = new TextFilter(reason) } : null,
        "text" => Text("text", values) is { } text ? query with { Text = new TextFilter(AsStored(text)) } : null,
        "order" => Order(values) is { } order ? query with { Order = order } : null,
        "cursor" => Cursor(values) is { } position ? query with { After = position } : null,
        "limit" => Limit(values) is { } limit ? query with { Limit = limit } : null,
        "facets" => Names("facets", values, FacetNames) is { } facets
            ? query with { Facets = facets.Select(static facet => Enum.Parse<Facet>(facet, ignoreCase: true)).ToHashSet() }
            : null,
        // Says how to answer, not what to look for: the endpoint reads it.
        "format" => query,
        _ => null,
    };

    private EventTime? Time(string name, StringValues values)
    {
        if (Text(name, values) is not { } text)
        {
            return null;
        }

        if (QueryTime.TryParse(text, clock.GetUtcNow(), out var time))
        {
            return time;
        }

        Refuse($"'{name}' must be {QueryTime.Rule}.");
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

    private HashSet<string>? Names(string name, StringValues values, string[] known)
    {
        var names = values.SelectMany(static value => (value ?? "").Split(',', StringSplitOptions.TrimEntries)).Select(static value => value.ToLowerInvariant()).ToHashSet();
        if (names.Count > 0 && names.All(known.Contains))
        {
            return names;
        }

        Refuse($"'{name}' must be one or several, split by commas, of {string.Join(", ", known)}.");
        return null;
    }

    private EventOrder? Order(StringValues values)
    {
        if (Text("order", values) is not { } text)
        {
            return null;
        }

        if (Enum.TryParse<EventOrder>(text, ignoreCase: true, out var order) && !char.IsAsciiDigit(text[0]))
        {
            return order;
        }

        Refuse("'order' must be newest or oldest.");
        return null;
    }

    private EventPosition? Cursor(StringValues values)
    {
        if (Text("cursor", values) is { } text && EventPosition.TryParse(text, out var position))
        {
            return position;
        }

        Refuse("'cursor' must be the 'next' of an answer, as it came, with the other parameters of its query.");
        return null;
    }

    private static EventKind KindOf(string name) =>
        EventKinds.TryParse(Encoding.UTF8.GetBytes(name), out var kind) ? kind : throw new System.Diagnostics.UnreachableException();

    // A line holds texts with their escapes.
    private static ReadOnlySpan<byte> AsStored(string text)
    {
        var stored = new ByteBuffer(text.Length + 16);
        JsonStrings.AppendEscaped(Encoding.UTF8.GetBytes(text), stored);
        return stored.Written;
    }

    private Outcome? Ending(StringValues values)
    {
        if (Text("outcome", values) is not { } text)
        {
            return null;
        }

        if (Outcomes.TryParse(Encoding.UTF8.GetBytes(text.ToLowerInvariant()), out var outcome))
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

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit <= EventQuery.MaxLimit)
        {
            return limit;
        }

        Refuse(LimitRule);
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
