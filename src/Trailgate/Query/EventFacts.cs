using System.Text.Json;
using Trailgate.Events;

namespace Trailgate.Query;

/// <summary>
/// What facets and the index need of a stored line. One that is kept and used again: the texts lie in a buffer of its own
/// until the next line is read.
/// </summary>
internal sealed class EventFacts
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 128 };

    private byte[] _texts = new byte[2048];
    private int _used;
    private TextSlot _action;
    private TextSlot _initiatorId;
    private TextSlot _initiatorName;
    private TextSlot _target;
    private TextSlot _correlation;
    private Seen _seen;

    public EventId Id { get; private set; }

    public EventTime Time { get; private set; }

    /// <summary>True when the time of receipt stands in for the event's own.</summary>
    public bool TimeAssumed { get; private set; }

    public Region Region { get; private set; }

    /// <summary>Null when the line does not say.</summary>
    public EventKind? Kind { get; private set; }

    /// <summary>Null when the line does not say.</summary>
    public Outcome? Outcome { get; private set; }

    /// <summary>Null when the line says none of the three.</summary>
    public EventSeverity? Severity { get; private set; }

    /// <summary>
    /// True when the line can not be described exactly: a member twice, of another type than events have, or a text that
    /// is none. Such a line has to be read by who wants to know what a query thinks of it.
    /// </summary>
    public bool IsOdd { get; private set; }

    public ReadOnlySpan<byte> Action => TextOf(_action);

    public ReadOnlySpan<byte> InitiatorId => TextOf(_initiatorId);

    public ReadOnlySpan<byte> InitiatorName => TextOf(_initiatorName);

    /// <summary>target.id.</summary>
    public ReadOnlySpan<byte> Target => TextOf(_target);

    public ReadOnlySpan<byte> CorrelationId => TextOf(_correlation);

    /// <summary>Reads a line; false when it is no event.</summary>
    public bool TryRead(ReadOnlySpan<byte> line)
    {
        Clear();
        try
        {
            var reader = new Utf8JsonReader(line, Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                ReadMember(ref reader);
            }

            return _seen.HasFlag(Seen.Id | Seen.Time | Seen.Region) && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void Clear()
    {
        _used = 0;
        _action = _initiatorId = _initiatorName = _target = _correlation = default;
        _seen = Seen.None;
        (Kind, Outcome, Severity, IsOdd, TimeAssumed) = (null, null, null, false, false);
    }

    private void ReadMember(ref Utf8JsonReader reader)
    {
        if (reader.TextIs("id"u8))
        {
            reader.Read();
            See(EventId.TryParse(reader.ValueSpan, out var id) ? Seen.Id : Seen.None);
            Id = id;
            reader.Skip();
        }
        else if (reader.TextIs("eventTime"u8))
        {
            reader.Read();
            See(EventTime.TryParse(reader.ValueSpan, out var time) ? Seen.Time : Seen.None);
            Time = time;
            reader.Skip();
        }
        else if (reader.TextIs("action"u8))
        {
            _action = ReadText(ref reader, Seen.Action);
        }
        else if (reader.TextIs("outcome"u8))
        {
            Outcome = Outcomes.TryParse(TextOf(ReadText(ref reader, Seen.Outcome)), out var outcome) ? outcome : null;
        }
        else if (reader.TextIs("severity"u8))
        {
            Severity = EventSeverities.TryParse(TextOf(ReadText(ref reader, Seen.Severity)), out var severity) ? severity : null;
        }
        else if (reader.TextIs("correlationId"u8))
        {
            _correlation = ReadText(ref reader, Seen.Correlation);
        }
        else if (reader.TextIs("initiator"u8))
        {
            See(Seen.Initiator);
            ReadParty(ref reader, Seen.InitiatorId, Seen.InitiatorName, out _initiatorId, out _initiatorName);
        }
        else if (reader.TextIs("target"u8))
        {
            See(Seen.Target);
            ReadParty(ref reader, Seen.TargetId, Seen.None, out _target, out _);
        }
        else if (reader.TextIs("trailgate"u8))
        {
            ReadOwn(ref reader);
        }
        else
        {
            reader.Read();
            reader.Skip();
        }
    }

    private void ReadParty(ref Utf8JsonReader reader, Seen seenId, Seen seenName, out TextSlot id, out TextSlot name)
    {
        (id, name) = (default, default);
        if (!Enters(ref reader))
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.TextIs("id"u8))
            {
                id = ReadText(ref reader, seenId);
            }
            else if (reader.TextIs("name"u8))
            {
                name = ReadText(ref reader, seenName);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    private void ReadOwn(ref Utf8JsonReader reader)
    {
        if (!Enters(ref reader))
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.TextIs("region"u8))
            {
                See(Region.TryParse(TextOf(ReadText(ref reader, Seen.None)), out var region) ? Seen.Region : Seen.None);
                Region = region;
            }
            else if (reader.TextIs("kind"u8))
            {
                Kind = EventKinds.TryParse(TextOf(ReadText(ref reader, Seen.Kind)), out var kind) ? kind : null;
            }
            else if (reader.TextIs("assumed"u8))
            {
                reader.Read();
                while (reader.Read() && reader.TokenType == JsonTokenType.String)
                {
                    TimeAssumed |= reader.TextIs("eventTime"u8);
                }
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    private bool Enters(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            return true;
        }

        IsOdd = true;
        reader.Skip();
        return false;
    }

    private TextSlot ReadText(ref Utf8JsonReader reader, Seen member)
    {
        See(member);
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            IsOdd = true;
            reader.Skip();
            return default;
        }

        if (_texts.Length - _used < reader.ValueSpan.Length)
        {
            Array.Resize(ref _texts, _texts.Length * 2 + reader.ValueSpan.Length);
        }

        try
        {
            var text = new TextSlot(_used, reader.CopyString(_texts.AsSpan(_used)));
            _used += text.Length;
            return text;
        }
        catch (InvalidOperationException)
        {
            IsOdd = true; // half a surrogate pair
            return default;
        }
    }

    // A member that stands there twice is judged twice by the matcher.
    private void See(Seen member)
    {
        IsOdd |= (_seen & member) != Seen.None;
        _seen |= member;
    }

    private ReadOnlySpan<byte> TextOf(TextSlot text) => _texts.AsSpan(text.Start, text.Length);

    private readonly record struct TextSlot(int Start, int Length);

    [Flags]
    private enum Seen
    {
        None = 0,
        Id = 1,
        Time = 2,
        Region = 4,
        Action = 8,
        Outcome = 16,
        Severity = 32,
        Kind = 64,
        InitiatorId = 128,
        InitiatorName = 256,
        TargetId = 512,
        Correlation = 1024,
        Initiator = 2048,
        Target = 4096,
    }
}
