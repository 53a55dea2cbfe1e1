using System.Text;
using System.Text.Json;
using Trailgate.Events;

namespace Trailgate.Normalize;

/// <summary>
/// Turns one raw event into its one stored line: merges, redacts, brings the fields into their canonical form, gives it
/// its id and limits it to <see cref="EventLimiter.MaxEventBytes"/>. A function of the event's bytes and the reception
/// alone. Its buffers are used again for the next event; not safe for several threads.
/// </summary>
internal sealed class EventNormalizer
{
    private readonly NameTraits _traits;
    private readonly RedactionSettings _redaction;
    private readonly int _maxDepth;
    private readonly RawMembers _raw;
    private readonly EventParts _parts;
    private readonly ValueCopier _copier;
    private readonly ContentForm _content;
    private readonly DerivedFields _derived;
    private readonly EventLimiter _limiter;
    private readonly QuarantineWriter _quarantine;
    private readonly ByteBuffer _line = new(8192);

    public EventNormalizer(NameTraits traits, RedactionSettings redaction, RegionTable regions, int maxDepth)
    {
        _traits = traits;
        _redaction = redaction;
        _maxDepth = maxDepth;
        var redactions = new Redactions(redaction.HmacKeyBytes);
        _raw = new RawMembers(traits);
        _parts = new EventParts(redactions);
        _copier = new ValueCopier(traits, redactions, redaction);
        _content = new ContentForm(_raw, _parts, _copier, traits, redaction, maxDepth);
        _derived = new DerivedFields(_raw, _parts, _content, _copier, new RegionFinder(regions), maxDepth);
        _limiter = new EventLimiter(_parts);
        _quarantine = new QuarantineWriter(_copier, redactions, traits, redaction);
    }

    /// <summary>
    /// Normalizes the JSON value that begins at the scanner's place, and leaves the scanner behind it.
    /// </summary>
    /// <param name="scanner">On the value's first byte, in valid UTF-8.</param>
    /// <param name="reception">The request.</param>
    /// <returns>The result; its spans are valid until the next call.</returns>
    /// <exception cref="JsonException">The body is no valid JSON; nothing was produced.</exception>
    public NormalizeResult Normalize(ref JsonScanner scanner, Reception reception)
    {
        var type = scanner.Type;
        if (type == JsonTokenType.StartObject)
        {
            _raw.Read(ref scanner);
            return Normalize(scanner.Json, reception, facts: null, isNamed: true);
        }

        var start = scanner.Position;
        scanner.Skip();
        return Quarantine(scanner.Json[start..scanner.Position], reception, $"is {Describe(type)}, not an object");
    }

    /// <summary>
    /// The members of the object that was read last. To be filled by its <see cref="RawMembers.Read"/> before
    /// <see cref="NormalizeRead"/>.
    /// </summary>
    public RawMembers Raw => _raw;

    /// <summary>
    /// Normalizes the object whose members were read into <see cref="Raw"/>, but leaves the id to the caller, who makes many
    /// at once; unless the event has to be limited, which takes its id.
    /// </summary>
    /// <param name="body">What they were read from.</param>
    /// <param name="reception">The request.</param>
    /// <param name="facts">What the envelopes around the event tell, or null.</param>
    /// <returns>The result; its spans are valid until the next call.</returns>
    public NormalizeResult NormalizeRead(ReadOnlySpan<byte> body, Reception reception, EnvelopeFacts? facts) =>
        Normalize(body, reception, facts, isNamed: false);

    /// <summary>Puts the id into a line that was written without it.</summary>
    public static void WriteId(EventId id, Span<byte> line) => id.WriteText(line[LineWriter.IdStart..]);

    private NormalizeResult Normalize(ReadOnlySpan<byte> body, Reception reception, EnvelopeFacts? facts, bool isNamed)
    {
        _parts.Clear();
        _line.Clear();
        var json = body[_raw.Start.._raw.End];
        if (_raw.DuplicateName is { } duplicate)
        {
            return Quarantine(json, reception, $"member '{Shorten(duplicate)}' stands twice; which one is meant can not be known");
        }

        var action = _raw[Member.Action];
        if (!action.IsPresent)
        {
            // OpenLiberty's eventName is the name of a group of events: what was done does not follow from it.
            return Quarantine(json, reception, _raw.FindUnknown("eventName"u8).IsPresent
                ? "action is missing, and eventName does not tell what was done"
                : "action is missing");
        }

        if (action.Type != JsonTokenType.String || IsBlank(action.In(body)))
        {
            return Quarantine(json, reception, action.Type == JsonTokenType.String ? "action is empty" : $"action is {Describe(action.Type)}, not a text");
        }

        var fault = _content.Write(body);
        if (fault != CopyFault.None)
        {
            return Quarantine(json, reception, Describe(fault));
        }

        var contentLength = _parts.Buffer.Length;
        if (isNamed)
        {
            _parts.Id = EventId.Of(_parts.Buffer.Written);
        }

        _derived.Derive(body, reception, facts);
        LineWriter.Write(_parts, reception, overflow: null, int.MaxValue, _line);
        var content = _parts.Buffer.Written[..contentLength];
        if (_line.Length <= EventLimiter.MaxEventBytes)
        {
            return Accepted(isNamed ? default : content);
        }

        _parts.Id = EventId.Of(content);
        _limiter.Limit(reception, _line);
        return Accepted(content: default) with { Overflow = _limiter.Overflow, OverflowPath = _limiter.OverflowPath };
    }

    /// <summary>Keeps a piece of a body that could not be read as JSON, as a text.</summary>
    public NormalizeResult QuarantineText(ReadOnlySpan<byte> text, Reception reception, string reason, EnvelopeFacts? facts = null)
    {
        _parts.Clear();
        _quarantine.WriteText(text, reception, reason, facts, _line);
        return new NormalizeResult { Line = _line.Written, Reason = reason };
    }

    /// <summary>Keeps a JSON value in which no event was found.</summary>
    public NormalizeResult Quarantine(ReadOnlySpan<byte> json, Reception reception, string reason, EnvelopeFacts? facts = null)
    {
        _parts.Clear();
        _quarantine.WriteJson(json, reception, reason, facts, _maxDepth, _line);
        return new NormalizeResult { Line = _line.Written, Reason = reason };
    }

    private NormalizeResult Accepted(ReadOnlySpan<byte> content) => new()
    {
        Line = _line.Written,
        Content = content,
        Event = new EventLine
        {
            Id = _parts.Id,
            Time = _parts.Time,
            TimeAssumed = _parts.Assumed.Contains("eventTime"),
            Region = _parts.Region,
            Kind = _parts.Kind,
            Outcome = _parts.Outcome,
            IsInterim = _parts.IsInterim,
        },
    };

    private string Describe(CopyFault fault) => fault == CopyFault.DuplicateMember
        ? $"member '{Shorten(_copier.FaultPointer)}' stands twice; which one is meant can not be known"
        : $"is nested deeper than {_maxDepth} levels at '{Shorten(_copier.FaultPointer)}'";

    private static bool IsBlank(ReadOnlySpan<byte> json) => JsonStrings.TextOf(json).Trim(" \t\r\n"u8).IsEmpty;

    private static string Describe(JsonTokenType type) => type switch
    {
        JsonTokenType.StartArray => "an array",
        JsonTokenType.StartObject => "an object",
        JsonTokenType.String => "a text",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "a truth value",
    };

    // A name comes from the sender: what it holds of secrets gives way in messages too, and long ones are cut.
    private string Shorten(string name)
    {
        var clean = new ByteBuffer(name.Length + 32);
        // In a pointer ~1 stands for the slash of a URL.
        if (TextRedactor.Redact(Encoding.UTF8.GetBytes(name.Replace("~1", "/", StringComparison.Ordinal)), _traits, _redaction, clean))
        {
            name = Encoding.UTF8.GetString(clean.Written);
        }

        return name.Length <= 80 ? name : string.Concat(name.AsSpan(0, 80), "...");
    }
}
