using System.Buffers.Text;
using System.Globalization;
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
    private const int NoReasonCode = -1;

    private readonly NameTraits _traits;
    private readonly RedactionSettings _redaction;
    private readonly int _maxDepth;
    private readonly RawMembers _raw;
    private readonly EventParts _parts;
    private readonly ValueCopier _copier;
    private readonly RegionFinder _regions;
    private readonly EventLimiter _limiter;
    private readonly QuarantineWriter _quarantine;
    private readonly ByteBuffer _line = new(8192);
    private readonly ByteBuffer _text = new(4096);
    private string _fault = "";

    public EventNormalizer(NameTraits traits, RedactionSettings redaction, RegionTable regions, int maxDepth)
    {
        _traits = traits;
        _redaction = redaction;
        _maxDepth = maxDepth;
        var redactions = new Redactions(redaction.HmacKeyBytes);
        _raw = new RawMembers(traits);
        _parts = new EventParts(redactions);
        _copier = new ValueCopier(traits, redactions, redaction);
        _regions = new RegionFinder(regions);
        _limiter = new EventLimiter(_parts);
        _quarantine = new QuarantineWriter(_copier, redactions, traits, redaction);
    }

    /// <summary>
    /// Normalizes the JSON value that the reader stands on, and leaves the reader on its last token.
    /// </summary>
    /// <param name="reader">On the value's first token.</param>
    /// <param name="body">What the reader reads: valid UTF-8.</param>
    /// <param name="reception">The request.</param>
    /// <returns>The result; its spans are valid until the next call.</returns>
    /// <exception cref="JsonException">The body is no valid JSON; nothing was produced.</exception>
    public NormalizeResult Normalize(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, Reception reception)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            _raw.Read(ref reader);
            return NormalizeRead(body, reception, facts: null);
        }

        var start = (int)reader.TokenStartIndex;
        var type = reader.TokenType;
        reader.Skip();
        return Quarantine(body[start..(int)reader.BytesConsumed], reception, $"is {Describe(type)}, not an object");
    }

    /// <summary>
    /// The members of the object that was read last. To be filled by its <see cref="RawMembers.Read"/> before
    /// <see cref="NormalizeRead"/>.
    /// </summary>
    public RawMembers Raw => _raw;

    /// <summary>Normalizes the object whose members were read into <see cref="Raw"/>.</summary>
    /// <param name="body">What they were read from.</param>
    /// <param name="reception">The request.</param>
    /// <param name="facts">What the envelopes around the event tell, or null.</param>
    /// <returns>The result; its spans are valid until the next call.</returns>
    public NormalizeResult NormalizeRead(ReadOnlySpan<byte> body, Reception reception, EnvelopeFacts? facts)
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

        if (!WriteContentForm(body, SecretShapes.MayOccurIn(json)))
        {
            return Quarantine(json, reception, _fault);
        }

        _parts.Id = EventId.Of(_parts.Buffer.Written);
        Derive(body, reception, facts);
        LineWriter.Write(_parts, reception, overflow: null, int.MaxValue, _line);
        if (_line.Length <= EventLimiter.MaxEventBytes)
        {
            return Accepted(_line.Written, default, null);
        }

        _limiter.Limit(reception, _line);
        return Accepted(_line.Written, _limiter.Overflow, _limiter.OverflowPath);
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

    private NormalizeResult Accepted(ReadOnlySpan<byte> line, ReadOnlySpan<byte> overflow, string? overflowPath) => new()
    {
        Line = line,
        Overflow = overflow,
        OverflowPath = overflowPath,
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

    /// <summary>
    /// The content form is what the id covers: the source's members in the design's order and in their canonical form,
    /// redacted, unknown members by name, and nothing that was assumed or derived.
    /// </summary>
    private bool WriteContentForm(ReadOnlySpan<byte> body, bool mayHoldShapes)
    {
        var handlesSecrets = _redaction.Bodies && ActionName.HandlesSecrets(Unescaped(_raw[Member.Action].In(body)));
        var buffer = _parts.Buffer;
        buffer.Append((byte)'{');
        for (var member = Member.Id; member < Member.Extensions; member++)
        {
            var value = _raw[member];
            if (!value.IsPresent)
            {
                continue;
            }

            AppendName(Members.Name(member), buffer);
            var start = buffer.Length;
            if (!CopyMember(member, value, body, handlesSecrets, mayHoldShapes))
            {
                return false;
            }

            _parts[member] = new Part(start, buffer.Length - start);
        }

        if (!CopyUnknown(body, handlesSecrets, mayHoldShapes))
        {
            return false;
        }

        buffer.Append((byte)'}');
        return true;
    }

    private bool CopyMember(Member member, RawValue value, ReadOnlySpan<byte> body, bool handlesSecrets, bool mayHoldShapes)
    {
        var json = value.In(body);
        if (member == Member.EventTime)
        {
            return CopyTime(value, json);
        }

        if (Members.IsBody(member))
        {
            return CopyBody(member, value, json, handlesSecrets ? Sensitivity.SecretBody : Sensitivity.Ordinary, mayHoldShapes);
        }

        if (Members.IsBoolean(member) && value.Type == JsonTokenType.String && ReadBoolean(json) is { } boolean)
        {
            _parts.Buffer.Append(boolean ? "true"u8 : "false"u8);
            return true;
        }

        if (value.Type is JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False && !Members.IsBoolean(member) && !Members.IsObject(member))
        {
            // A number where a text belongs, such as a correlationId of 4.
            _parts.Buffer.Append((byte)'"');
            _parts.Buffer.Append(json);
            _parts.Buffer.Append((byte)'"');
            return true;
        }

        return Copied(_copier.Copy(json, Members.Name(member), Sensitivity.Ordinary, mayHoldShapes, _maxDepth - 1, _parts.Buffer));
    }

    private bool CopyTime(RawValue value, ReadOnlySpan<byte> json)
    {
        _text.Clear();
        if (value.Type == JsonTokenType.String)
        {
            JsonStrings.AppendUnescaped(json[1..^1], _text);
        }
        else if (value.Type == JsonTokenType.Number)
        {
            _text.Append(json);
        }

        if (!TimeReader.TryRead(_text.Written, out var time, out var zoneAssumed))
        {
            return Copied(_copier.Copy(json, Members.Name(Member.EventTime), Sensitivity.Ordinary, mayHoldShapes: true, _maxDepth - 1, _parts.Buffer));
        }

        _parts.Time = time;
        if (zoneAssumed)
        {
            _parts.Assumed.Add("eventTime.zone");
        }

        var buffer = _parts.Buffer;
        buffer.Append((byte)'"');
        buffer.Advance(time.WriteText(buffer.GetSpan(EventTime.MaxTextLength)));
        buffer.Append((byte)'"');
        return true;
    }

    // Sources that serialise a body twice send it as a string, some of them as a string inside a string.
    private bool CopyBody(Member member, RawValue value, ReadOnlySpan<byte> json, Sensitivity sensitivity, bool mayHoldShapes)
    {
        const int MaxWrappings = 3;
        var name = Members.Name(member);
        if (value.Type == JsonTokenType.String)
        {
            var start = _parts.Buffer.Length;
            var redactions = _parts.Redactions.Count;
            var text = json;
            for (var i = 0; i < MaxWrappings && text is [(byte)'"', .., (byte)'"']; i++)
            {
                var unescaped = new ByteBuffer(text.Length);
                JsonStrings.AppendUnescaped(text[1..^1], unescaped);
                text = unescaped.Written.Trim(" \t\r\n"u8);
                if (JsonText.IsObjectOrArray(text))
                {
                    if (_copier.Copy(text, name, sensitivity, SecretShapes.MayOccurIn(text), _maxDepth - 1, _parts.Buffer) == CopyFault.None)
                    {
                        return true;
                    }

                    _parts.Buffer.Truncate(start);
                    _parts.Redactions.Rewind(redactions);
                    break;
                }

                if (!IsJsonString(text))
                {
                    break;
                }
            }

            if (OmittedBody.IsSentence(Unescaped(json)))
            {
                _parts.Limited.Add(LimitedField.BySource(member));
                sensitivity = Sensitivity.Ordinary;
            }
        }

        return Copied(_copier.Copy(json, name, sensitivity, mayHoldShapes, _maxDepth - 1, _parts.Buffer));
    }

    private bool CopyUnknown(ReadOnlySpan<byte> body, bool handlesSecrets, bool mayHoldShapes)
    {
        var buffer = _parts.Buffer;
        var start = -1;
        Traits? around = null;
        foreach (var unknown in _raw.Unknown)
        {
            if (!unknown.Value.IsPresent)
            {
                continue;
            }

            if (start < 0)
            {
                AppendName(Members.Name(Member.Extensions), buffer);
                start = buffer.Length;
                buffer.Append((byte)'{');
            }

            var name = WithoutSecret(_raw.NameOf(unknown), mayHoldShapes);
            if (buffer.Length > start + 1)
            {
                buffer.Append((byte)',');
            }

            buffer.Append((byte)'"');
            JsonStrings.AppendEscaped(name, buffer);
            buffer.Append("\":"u8);
            var traits = _traits.Of(name, _traits.Hash(name));
            var belongs = (traits & (Traits.PairedValue | Traits.KindMaterial)) != Traits.None ? around ??= LookAround(body) : Traits.None;
            var sensitivity = (traits.HasFlag(Traits.Secret) && _redaction.Names) ? Sensitivity.Material
                : traits.HasFlag(Traits.PairedValue) && belongs.HasFlag(Traits.Secret) && _redaction.Names ? Sensitivity.Material
                : traits.HasFlag(Traits.KindMaterial) && belongs.HasFlag(Traits.KindMaterial) && _redaction.Bodies ? Sensitivity.Material
                : handlesSecrets && HoldsBody(name) ? Sensitivity.SecretBody
                : Sensitivity.Ordinary;
            if (!Copied(_copier.Copy(unknown.Value.In(body), name, sensitivity, mayHoldShapes, _maxDepth - 2, buffer, "/extensions"u8)))
            {
                return false;
            }
        }

        if (start >= 0)
        {
            buffer.Append((byte)'}');
            _parts[Member.Extensions] = new Part(start, buffer.Length - start);
        }

        return true;
    }

    // {"name":"DB_PASSWORD","value":"x"} and {"kind":"Secret","data":{...}} at the top of an event, as the copier joins
    // them further down.
    private Traits LookAround(ReadOnlySpan<byte> body)
    {
        var found = Traits.None;
        foreach (var unknown in _raw.Unknown)
        {
            if (unknown.Value.Type != JsonTokenType.String)
            {
                continue;
            }

            var name = _raw.NameOf(unknown);
            var isKind = name.SequenceEqual("kind"u8);
            if (!isKind && !_traits.Of(name, _traits.Hash(name)).HasFlag(Traits.PairName))
            {
                continue;
            }

            var text = new ByteBuffer();
            JsonStrings.AppendUnescaped(unknown.Value.In(body)[1..^1], text);
            found |= !isKind ? _traits.Of(text.Written, _traits.Hash(text.Written)) & Traits.Secret
                : text.Written.SequenceEqual("Secret"u8) || text.Written.SequenceEqual("ConfigMap"u8) ? Traits.KindMaterial
                : Traits.None;
        }

        return found;
    }

    // A secret can stand in a name as well. The place tells two of them apart that have become equal.
    private ReadOnlySpan<byte> WithoutSecret(ReadOnlySpan<byte> name, bool mayHoldShapes)
    {
        var scan = new SecretScan(name, _traits, _redaction, mayHoldShapes);
        if (!(mayHoldShapes || scan.MayAssign()) || !scan.Next(out _, out _))
        {
            return name;
        }

        var clean = new ByteBuffer(name.Length + 32);
        TextRedactor.Redact(name, _traits, _redaction, clean);
        clean.Append((byte)'#');
        clean.AppendNumber(_parts.Redactions.Count);
        _parts.Redactions.Begin()?.Append("/extensions"u8);
        _parts.Redactions.Complete(name);
        return clean.Written;
    }

    private static bool HoldsBody(ReadOnlySpan<byte> name) =>
        name.EndsWith("ody"u8) || name.EndsWith("bject"u8) || name.EndsWith("ayload"u8) || name.EndsWith("ata"u8) || name.EndsWith("ontent"u8)
        || name.EndsWith("ttachments"u8) || name.EndsWith("atch"u8) || name.EndsWith("before"u8) || name.EndsWith("after"u8) || name.EndsWith("diff"u8);

    private bool Copied(CopyFault fault)
    {
        _fault = fault switch
        {
            CopyFault.DuplicateMember => $"member '{Shorten(_copier.FaultPointer)}' stands twice; which one is meant can not be known",
            CopyFault.TooDeep => $"is nested deeper than {_maxDepth} levels at '{Shorten(_copier.FaultPointer)}'",
            _ => "",
        };
        return fault == CopyFault.None;
    }

    /// <summary>What follows from the content: types that do not fit, time, outcome, kind, severity, region.</summary>
    private void Derive(ReadOnlySpan<byte> body, Reception reception, EnvelopeFacts? facts)
    {
        var parts = _parts;
        for (var member = Member.TypeUri; member < Member.Extensions; member++)
        {
            if (parts[member].IsPresent && !Fits(member, parts.Value(member)))
            {
                Give(Members.Text(member), parts[member]);
                parts[member] = default;
            }
        }

        if (parts[Member.Id].IsPresent && !Fits(Member.Id, parts.Value(Member.Id)))
        {
            Give(Members.Text(Member.Id), parts[Member.Id]);
            parts[Member.Id] = default;
        }

        DeriveTime(reception);
        DeriveOutcome();
        GiveWrittenAsText(Member.DataEvent, body);
        GiveWrittenAsText(Member.SaveServiceCopy, body);
        var reasonCode = DeriveReasonCode();
        var action = parts.Text(Member.Action);
        parts.Kind = ActionName.KindOf(action);
        var severity = Severity.Of(action, parts.Kind, parts.Outcome, reasonCode);
        if (!parts[Member.Severity].IsPresent)
        {
            parts.Assumed.Add("severity");
        }
        else if (!parts.Text(Member.Severity).SequenceEqual(severity))
        {
            Give("severity", parts[Member.Severity]);
        }

        parts[Member.Severity] = parts.AppendText(severity);
        if (!parts.TryFindText(Member.Extensions, "region"u8, out var regionMember) && facts is not null)
        {
            regionMember = facts.FindRegion();
        }

        parts.Region = _regions.Find(parts, regionMember, out var unknownName);
        if (!unknownName.IsEmpty)
        {
            Give("region", parts.AppendText(unknownName));
        }

        if (facts is not null)
        {
            parts.IsInterim = facts.IsInterim;
            CopyFacts(facts);
        }
    }

    // After the id, which facts of the envelope are no part of.
    private void CopyFacts(EnvelopeFacts facts)
    {
        _text.Clear();
        facts.WriteTo(_text);
        var start = _parts.Buffer.Length;
        var redactions = _parts.Redactions.Count;
        if (_copier.Copy(_text.Written, "envelope"u8, Sensitivity.Ordinary, mayHoldShapes: true, _maxDepth, _parts.Buffer, "/trailgate"u8) != CopyFault.None)
        {
            _parts.Redactions.Rewind(redactions);
            _parts.Buffer.Truncate(start);
            facts.WriteTypeTo(_parts.Buffer);
        }

        _parts.Envelope = new Part(start, _parts.Buffer.Length - start);
    }

    // A truth value that was written as a text, in any letter case: else it would not be there any more.
    private void GiveWrittenAsText(Member member, ReadOnlySpan<byte> body)
    {
        var given = _raw[member];
        if (given.Type == JsonTokenType.String && _parts[member].IsPresent)
        {
            // Letters alone, which need no escaping.
            Give(Members.Text(member), _parts.AppendText(Unescaped(given.In(body))));
        }
    }

    private static bool Fits(Member member, ReadOnlySpan<byte> value) =>
        Members.IsBody(member)
        || (Members.IsObject(member) ? value[0] == '{'
            : Members.IsBoolean(member) ? value[0] is (byte)'t' or (byte)'f'
            : value[0] == '"');

    private void DeriveTime(Reception reception)
    {
        var given = _raw[Member.EventTime];
        if (_parts.Time != default)
        {
            // What was read is kept as it came wherever it was written in another form.
            if (given.Type != JsonTokenType.String || !_text.Written.SequenceEqual(_parts.Text(Member.EventTime)))
            {
                var start = _parts.Buffer.Length;
                _parts.Buffer.Append((byte)'"');
                JsonStrings.AppendEscaped(_text.Written, _parts.Buffer);
                _parts.Buffer.Append((byte)'"');
                Give("eventTime", new Part(start, _parts.Buffer.Length - start));
            }

            return;
        }

        if (_parts[Member.EventTime].IsPresent)
        {
            Give("eventTime", _parts[Member.EventTime]);
        }

        _parts.Assumed.Insert(0, "eventTime");
        _parts.Time = reception.ReceivedAt;
        _parts[Member.EventTime] = _parts.AppendText(reception.ReceivedAtText);
    }

    private void DeriveOutcome()
    {
        var given = _parts.Text(Member.Outcome);
        if (Outcomes.TryParse(given, out var outcome))
        {
            _parts.Outcome = outcome;
            return;
        }

        _parts.Outcome = OutcomeWords.Map(given);
        if (_parts[Member.Outcome].IsPresent)
        {
            Give("outcome", _parts[Member.Outcome]);
        }
        else
        {
            _parts.Assumed.Add("outcome");
        }

        _parts[Member.Outcome] = _parts.AppendText(Encoding.ASCII.GetBytes(_parts.Outcome.ToText()));
    }

    // reasonCode is a number at IBM and a text of digits in CADF; it becomes a number, and what is neither is kept as given.
    private int DeriveReasonCode()
    {
        var value = _parts.Value(Member.Reason);
        if (value.IndexOf("reasonCode"u8) < 0)
        {
            return NoReasonCode;
        }

        var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = _maxDepth + 1 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var nameStart = (int)reader.TokenStartIndex;
            var found = reader.TextIs("reasonCode"u8);
            reader.Read();
            if (!found)
            {
                reader.Skip();
                continue;
            }

            var token = reader.TokenType;
            var text = token is JsonTokenType.String or JsonTokenType.Number ? reader.ValueSpan : [];
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var end = (int)reader.BytesConsumed;
            var isCode = Utf8Parser.TryParse(text, out int code, out var used) && used == text.Length && used <= 9 && code >= 0;
            if (token == JsonTokenType.Number && isCode)
            {
                return code;
            }

            Give("reason.reasonCode", new Part(_parts[Member.Reason].Start + start, end - start));
            var whole = value.ToArray();
            _parts[Member.Reason] = isCode
                ? _parts.Append([.. whole.AsSpan(0, start), .. Encoding.ASCII.GetBytes(code.ToString(CultureInfo.InvariantCulture)), .. whole.AsSpan(end)])
                : _parts.Append(WithoutMember(whole, nameStart, end));
            return isCode ? code : NoReasonCode;
        }

        return NoReasonCode;
    }

    private static byte[] WithoutMember(ReadOnlySpan<byte> value, int start, int end)
    {
        var comma = value[end] == ',';
        return comma
            ? [.. value[..start], .. value[(end + 1)..]]
            : [.. value[..(value[start - 1] == ',' ? start - 1 : start)], .. value[end..]];
    }

    private void Give(string name, Part part) => _parts.Given.Add((name, part));

    private static void AppendName(ReadOnlySpan<byte> name, ByteBuffer buffer)
    {
        if (buffer.Length > 1)
        {
            buffer.Append((byte)',');
        }

        buffer.Append((byte)'"');
        buffer.Append(name);
        buffer.Append("\":"u8);
    }

    private static bool IsJsonString(ReadOnlySpan<byte> text)
    {
        if (text is not [(byte)'"', .., (byte)'"'])
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(text);
            return reader.Read() && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool? ReadBoolean(ReadOnlySpan<byte> json) =>
        Ascii.EqualsIgnoreCase(Unescaped(json), "true"u8) ? true
        : Ascii.EqualsIgnoreCase(Unescaped(json), "false"u8) ? false
        : null;

    private static ReadOnlySpan<byte> StringContent(ReadOnlySpan<byte> json) => json is [(byte)'"', .. var content, (byte)'"'] ? content : [];

    // An escape may stand for any character, also in what is compared with names of ours.
    private static ReadOnlySpan<byte> Unescaped(ReadOnlySpan<byte> json)
    {
        var content = StringContent(json);
        if (!content.Contains((byte)'\\'))
        {
            return content;
        }

        var text = new ByteBuffer(content.Length);
        JsonStrings.AppendUnescaped(content, text);
        return text.Written;
    }

    private static bool IsBlank(ReadOnlySpan<byte> json) => Unescaped(json).Trim(" \t\r\n"u8).IsEmpty;

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
