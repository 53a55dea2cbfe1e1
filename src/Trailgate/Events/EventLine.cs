using System.Text.Json;

namespace Trailgate.Events;

/// <summary>
/// What archive, alerts and query need of a normalized event, read from its stored line. Everything else stays in the
/// line's bytes.
/// </summary>
public readonly record struct EventLine
{
    /// <summary>The event id.</summary>
    public required EventId Id { get; init; }

    /// <summary>When it happened.</summary>
    public required EventTime Time { get; init; }

    /// <summary>True when the source gave no time that could be read and the time of receipt stands in for it.</summary>
    public bool TimeAssumed { get; init; }

    /// <summary>Where it happened.</summary>
    public required Region Region { get; init; }

    /// <summary>What the action does.</summary>
    public EventKind Kind { get; init; }

    /// <summary>How it ended.</summary>
    public Outcome Outcome { get; init; }

    /// <summary>True for a stage of an action that is not its last: the last one tells how it ended, and raises the alerts.</summary>
    public bool IsInterim { get; init; }

    /// <summary>
    /// Reads a normalized line (without its newline). False when it is not one: an archive never holds such a line, so
    /// the caller treats it as damage.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out EventLine result)
    {
        result = default;
        try
        {
            return Read(line, out result);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool Read(ReadOnlySpan<byte> line, out EventLine result)
    {
        result = default;
        EventId id = default;
        EventTime time = default;
        var outcome = Outcome.Unknown;
        bool haveId = false, haveTime = false, haveOwn = false;
        var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 128 });
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
                haveTime = reader.Read() && EventTime.TryParse(reader.ValueSpan, out time);
            }
            else if (reader.ValueTextEquals("outcome"u8))
            {
                if (!reader.Read() || !Outcomes.TryParse(reader.ValueSpan, out outcome))
                {
                    return false;
                }
            }
            else if (reader.ValueTextEquals("trailgate"u8))
            {
                haveOwn = reader.Read() && ReadOwn(ref reader, ref result);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        result = result with { Id = id, Time = time, Outcome = outcome };
        return haveId && haveTime && haveOwn && !reader.Read();
    }

    private static bool ReadOwn(ref Utf8JsonReader reader, ref EventLine result)
    {
        var haveRegion = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("region"u8))
            {
                reader.Read();
                haveRegion = Region.TryParse(reader.ValueSpan, out var region);
                result = result with { Region = region };
            }
            else if (reader.ValueTextEquals("kind"u8))
            {
                if (!reader.Read() || !EventKinds.TryParse(reader.ValueSpan, out var kind))
                {
                    return false;
                }

                result = result with { Kind = kind };
            }
            else if (reader.ValueTextEquals("interim"u8))
            {
                reader.Read();
                result = result with { IsInterim = reader.TokenType == JsonTokenType.True };
            }
            else if (reader.ValueTextEquals("assumed"u8))
            {
                reader.Read();
                while (reader.Read() && reader.TokenType == JsonTokenType.String)
                {
                    if (reader.ValueTextEquals("eventTime"u8))
                    {
                        result = result with { TimeAssumed = true };
                    }
                }
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return haveRegion;
    }
}
