using System.Buffers;
using System.Text;
using System.Text.Json;
using Trailgate.Events;

namespace Trailgate.Query;

/// <summary>
/// Holds stored lines against a query. Most lines are refused before their end is parsed: a line that does not contain
/// the text asked for at all is not parsed, and time, action and outcome stand in front.
/// </summary>
internal sealed class EventMatcher(EventQuery query)
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 128 };

    private readonly Parts _required = PartsOf(query);
    private readonly byte[][] _needles = [.. new[] { query.Target?.Needle, query.CorrelationId, query.Source }.OfType<string>().Select(Encoding.UTF8.GetBytes)];
    private readonly byte[]? _correlationId = query.CorrelationId is { } text ? Encoding.UTF8.GetBytes(text) : null;
    private readonly EventMatcher[] _except = [.. query.Except.Select(static except => new EventMatcher(except))];

    /// <summary>Whether a line is an event that the query asks for, and that could still enter a page if there is one.</summary>
    public bool Matches(ReadOnlySpan<byte> line, FirstEvents? page, out EventId id, out EventTime time)
    {
        id = default;
        time = default;
        try
        {
            return CanMatch(line) && Read(line, page, out id, out time) && !IsExcepted(line);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or a member of another type than events have: whoever stores lines checks them, queries only look.
            return false;
        }
    }

    private bool IsExcepted(ReadOnlySpan<byte> line)
    {
        foreach (var except in _except)
        {
            if (except.CanMatch(line) && except.Read(line, page: null, out _, out _))
            {
                return true;
            }
        }

        return false;
    }

    // A string may be written with escapes, so only a line without any backslash can be refused by its bytes.
    private bool CanMatch(ReadOnlySpan<byte> line)
    {
        foreach (var needle in _needles)
        {
            if (line.IndexOf(needle) < 0 && !line.Contains((byte)'\\'))
            {
                return false;
            }
        }

        return query.Text is not { } text || text.OccursIn(line);
    }

    private bool Read(ReadOnlySpan<byte> line, FirstEvents? page, out EventId id, out EventTime time)
    {
        id = default;
        time = default;
        var missing = _required;
        var reader = new Utf8JsonReader(line, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.TextIs("id"u8))
            {
                missing &= reader.Read() && EventId.TryParse(reader.ValueSpan, out id) ? ~Parts.Id : Parts.All;
                if (query.Id is { } wanted && id != wanted)
                {
                    return false;
                }
            }
            else if (reader.TextIs("eventTime"u8))
            {
                reader.Read();
                if (!EventTime.TryParse(reader.ValueSpan, out time) || page?.CanTake(time, time) == false || !query.Wants(time, time))
                {
                    return false;
                }

                missing &= ~Parts.Time;
            }
            else if (PartNamed(ref reader) is var part and not Parts.None && (_required & part) != Parts.None)
            {
                reader.Read();
                if (!Passes(ref reader, part))
                {
                    return false;
                }

                missing &= ~part;
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return missing == Parts.None && !reader.Read();
    }

    private static Parts PartNamed(ref Utf8JsonReader reader) =>
        reader.TextIs("action"u8) ? Parts.Action
        : reader.TextIs("outcome"u8) ? Parts.Outcome
        : reader.TextIs("severity"u8) ? Parts.Severity
        : reader.TextIs("reason"u8) ? Parts.Reason
        : reader.TextIs("initiator"u8) ? Parts.Initiator
        : reader.TextIs("target"u8) ? Parts.Target
        : reader.TextIs("correlationId"u8) ? Parts.Correlation
        : reader.TextIs("trailgate"u8) ? Parts.Own
        : Parts.None;

    private bool Passes(ref Utf8JsonReader reader, Parts part) => part switch
    {
        Parts.Action => TextMatches(ref reader, static (query, text) => query.Action!.Matches(text)),
        Parts.Outcome => TextMatches(ref reader, static (query, text) => Outcomes.TryParse(text, out var outcome) && outcome == query.Outcome),
        Parts.Severity => TextMatches(ref reader, static (query, text) => query.Severities.Contains(Encoding.UTF8.GetString(text))),
        Parts.Reason => AnyMember(ref reader, "reasonForFailure"u8, "reasonType"u8, static (query, text) => query.Reason!.OccursIn(text)),
        Parts.Initiator => AnyMember(ref reader, "id"u8, "name"u8, static (query, text) => query.Initiator!.Matches(text)),
        Parts.Target => AnyMember(ref reader, "id"u8, "id"u8, static (query, text) => query.Target!.Matches(text)),
        Parts.Correlation => reader.TokenType == JsonTokenType.String && reader.TextIs(_correlationId),
        _ => PassesOwn(ref reader),
    };

    private static Parts PartsOf(EventQuery query) =>
        Parts.Id | Parts.Time
        | (query.Action is null ? Parts.None : Parts.Action)
        | (query.Outcome is null ? Parts.None : Parts.Outcome)
        | (query.Severities.Count == 0 ? Parts.None : Parts.Severity)
        | (query.Reason is null ? Parts.None : Parts.Reason)
        | (query.Initiator is null ? Parts.None : Parts.Initiator)
        | (query.Target is null ? Parts.None : Parts.Target)
        | (query.CorrelationId is null ? Parts.None : Parts.Correlation)
        | (query.Regions.Count == 0 && query.Kinds.Count == 0 && query.Source is null ? Parts.None : Parts.Own);

    // Reads an object to its end; whether a string member of one of two names passes.
    private bool AnyMember(ref Utf8JsonReader reader, ReadOnlySpan<byte> one, ReadOnlySpan<byte> other, TextTest test)
    {
        var passes = false;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var wanted = reader.TextIs(one) || reader.TextIs(other);
            reader.Read();
            passes |= wanted && TextMatches(ref reader, test);
            reader.Skip();
        }

        return passes;
    }

    // Reads what Trailgate says of the event to its end.
    private bool PassesOwn(ref Utf8JsonReader reader)
    {
        var (inRegion, ofKind, ofSource) = (query.Regions.Count == 0, query.Kinds.Count == 0, query.Source is null);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isRegion, isKind, isSource) = (reader.TextIs("region"u8), reader.TextIs("kind"u8), reader.TextIs("source"u8));
            reader.Read();
            inRegion |= isRegion && TextMatches(ref reader, static (query, text) => Region.TryParse(text, out var region) && query.Wants(region));
            ofKind |= isKind && TextMatches(ref reader, static (query, text) => EventKinds.TryParse(text, out var kind) && query.Kinds.Contains(kind));
            ofSource |= isSource && query.Source is { } source && reader.TokenType == JsonTokenType.String && reader.TextIs(source);
            reader.Skip();
        }

        return inRegion && ofKind && ofSource;
    }

    private bool TextMatches(ref Utf8JsonReader reader, TextTest test)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return false;
        }

        if (!reader.ValueIsEscaped)
        {
            return test(query, reader.ValueSpan);
        }

        var plain = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            return test(query, plain.AsSpan(0, reader.CopyString(plain)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
        }
    }

    /// <summary>What an event must have, and must have passed.</summary>
    [Flags]
    private enum Parts
    {
        None = 0,
        Id = 1,
        Time = 2,
        Action = 4,
        Outcome = 8,
        Target = 16,
        Correlation = 32,
        Own = 64,
        Severity = 128,
        Reason = 256,
        Initiator = 512,
        All = 1023,
    }

    private delegate bool TextTest(EventQuery query, ReadOnlySpan<byte> text);
}
