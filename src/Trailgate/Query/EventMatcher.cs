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

    private readonly byte[][] _needles = [.. new[] { query.Target?.Needle, query.CorrelationId }.OfType<string>().Select(Encoding.UTF8.GetBytes)];
    private readonly byte[]? _correlationId = query.CorrelationId is { } text ? Encoding.UTF8.GetBytes(text) : null;

    /// <summary>Whether a line is an event that the query asks for, and not older than <paramref name="floor"/>.</summary>
    public bool Matches(ReadOnlySpan<byte> line, EventTime floor, out EventId id, out EventTime time)
    {
        id = default;
        time = default;
        try
        {
            return CanMatch(line) && Read(line, floor, out id, out time);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or a member of another type than events have: whoever stores lines checks them, queries only look.
            return false;
        }
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

        return true;
    }

    private bool Read(ReadOnlySpan<byte> line, EventTime floor, out EventId id, out EventTime time)
    {
        id = default;
        time = default;
        bool haveId = false, haveTime = false, haveRegion = query.Regions.Count == 0, haveAction = query.Action is null,
            haveOutcome = query.Outcome is null or Outcome.Unknown, haveTarget = query.Target is null, haveCorrelation = _correlationId is null;
        var reader = new Utf8JsonReader(line, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                haveId = reader.Read() && EventId.TryParse(reader.ValueSpan, out id);
            }
            else if (reader.ValueTextEquals("eventTime"u8))
            {
                haveTime = reader.Read() && EventTime.TryParse(reader.ValueSpan, out time) && time >= floor && query.Wants(time, time);
                if (!haveTime)
                {
                    return false;
                }
            }
            else if (query.Action is not null && reader.ValueTextEquals("action"u8))
            {
                haveAction = reader.Read() && TextMatches(ref reader, static (query, text) => query.Action!.Matches(text));
                if (!haveAction)
                {
                    return false;
                }
            }
            else if (query.Outcome is { } wanted && reader.ValueTextEquals("outcome"u8))
            {
                haveOutcome = reader.Read() && Outcomes.TryParse(reader.ValueSpan, out var outcome) && outcome == wanted;
                if (!haveOutcome)
                {
                    return false;
                }
            }
            else if (query.Target is not null && reader.ValueTextEquals("target"u8))
            {
                reader.Read();
                haveTarget = Member(ref reader, "id"u8, static (query, text) => query.Target!.Matches(text));
            }
            else if (_correlationId is not null && reader.ValueTextEquals("correlationId"u8))
            {
                haveCorrelation = reader.Read() && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(_correlationId);
                reader.TrySkip();
            }
            else if (query.Regions.Count > 0 && reader.ValueTextEquals("trailgate"u8))
            {
                reader.Read();
                haveRegion = Member(ref reader, "region"u8, static (query, text) => Region.TryParse(text, out var region) && query.Wants(region));
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return haveId && haveTime && haveRegion && haveAction && haveOutcome && haveTarget && haveCorrelation && !reader.Read();
    }

    // Reads an object to its end; whether a string member of that name passes.
    private bool Member(ref Utf8JsonReader reader, ReadOnlySpan<byte> name, TextTest test)
    {
        var passes = false;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var wanted = reader.ValueTextEquals(name);
            reader.Read();
            if (wanted)
            {
                passes = TextMatches(ref reader, test);
            }

            reader.Skip();
        }

        return passes;
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

    private delegate bool TextTest(EventQuery query, ReadOnlySpan<byte> text);
}
