using System.Text;
using System.Text.Json;
using Trailgate.Events;

namespace Trailgate.Normalize;

/// <summary>
/// Writes the content form of an event, which is what its id covers: the source's members in the design's order and in
/// their canonical form, redacted, unknown members by name, and nothing that was assumed or derived.
/// </summary>
internal sealed class ContentForm(RawMembers raw, EventParts parts, ValueCopier copier, NameTraits traits, RedactionSettings redaction, int maxDepth)
{
    private readonly ByteBuffer _time = new(64);
    private bool _handlesSecrets;
    private SecretMarks _marks;

    /// <summary>The time as its source wrote it, unescaped.</summary>
    public ReadOnlySpan<byte> GivenTime => _time.Written;

    /// <summary>Writes it into the buffer of the parts. When a value can not be copied, the copier knows where and why.</summary>
    public CopyFault Write(ReadOnlySpan<byte> body)
    {
        _marks = SecretMarks.In(body[raw.Start..raw.End], redaction.Shapes);
        _handlesSecrets = redaction.Bodies && ActionName.HandlesSecrets(JsonStrings.TextOf(raw[Member.Action].In(body)));
        var buffer = parts.Buffer;
        buffer.Append((byte)'{');
        for (var member = Member.Id; member < Member.Extensions; member++)
        {
            var value = raw[member];
            if (!value.IsPresent)
            {
                continue;
            }

            AppendName(member, buffer);
            var start = buffer.Length;
            var fault = CopyMember(member, value, body);
            if (fault != CopyFault.None)
            {
                return fault;
            }

            parts[member] = new Part(start, buffer.Length - start);
        }

        if (raw.Unknown.Count > 0)
        {
            var fault = CopyUnknown(body);
            if (fault != CopyFault.None)
            {
                return fault;
            }
        }

        buffer.Append((byte)'}');
        return CopyFault.None;
    }

    private CopyFault CopyMember(Member member, RawValue value, ReadOnlySpan<byte> body)
    {
        var json = value.In(body);
        if (member == Member.EventTime)
        {
            return CopyTime(value, json);
        }

        if (Members.IsBody(member))
        {
            return CopyBody(member, value, json);
        }

        if (Members.IsBoolean(member) && value.Type == JsonTokenType.String && ReadBoolean(json) is { } boolean)
        {
            parts.Buffer.Append(boolean ? "true"u8 : "false"u8);
            return CopyFault.None;
        }

        if (value.Type is JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False && !Members.IsBoolean(member) && !Members.IsObject(member))
        {
            // A number where a text belongs, such as a correlationId of 4.
            parts.Buffer.Append((byte)'"');
            parts.Buffer.Append(json);
            parts.Buffer.Append((byte)'"');
            return CopyFault.None;
        }

        return Copy(json, member, Sensitivity.Ordinary, _marks, value.IsPlain);
    }

    private CopyFault Copy(ReadOnlySpan<byte> json, Member member, Sensitivity sensitivity, SecretMarks marks, bool isPlain = false) => copier.Copy(
        new CopyTask
        {
            Json = json,
            Member = Members.Name(member),
            Sensitivity = sensitivity,
            Marks = marks,
            MaxDepth = maxDepth - 1,
            IsPlain = isPlain,
        }, parts.Buffer);

    private CopyFault CopyTime(RawValue value, ReadOnlySpan<byte> json)
    {
        _time.Clear();
        if (value.Type == JsonTokenType.String)
        {
            JsonStrings.AppendUnescaped(json[1..^1], _time);
        }
        else if (value.Type == JsonTokenType.Number)
        {
            _time.Append(json);
        }

        if (!TimeReader.TryRead(_time.Written, out var time, out var zoneAssumed))
        {
            return Copy(json, Member.EventTime, Sensitivity.Ordinary, SecretMarks.All);
        }

        parts.Time = time;
        if (zoneAssumed)
        {
            parts.Assumed.Add("eventTime.zone");
        }

        var buffer = parts.Buffer;
        buffer.Append((byte)'"');
        buffer.Advance(time.WriteText(buffer.GetSpan(EventTime.MaxTextLength)));
        buffer.Append((byte)'"');
        return CopyFault.None;
    }

    // Sources that serialise a body twice send it as a string, some of them as a string inside a string.
    private CopyFault CopyBody(Member member, RawValue value, ReadOnlySpan<byte> json)
    {
        var sensitivity = _handlesSecrets ? Sensitivity.SecretBody : Sensitivity.Ordinary;
        if (value.Type == JsonTokenType.String)
        {
            if (TryCopyWrapped(json, member, sensitivity))
            {
                return CopyFault.None;
            }

            if (OmittedBody.IsSentence(JsonStrings.TextOf(json)))
            {
                parts.Limited.Add(LimitedField.BySource(member));
                sensitivity = Sensitivity.Ordinary;
            }
        }

        return Copy(json, member, sensitivity, _marks);
    }

    private bool TryCopyWrapped(ReadOnlySpan<byte> json, Member member, Sensitivity sensitivity)
    {
        const int MaxWrappings = 3;
        var start = parts.Buffer.Length;
        var redactions = parts.Redactions.Count;
        for (var i = 0; i < MaxWrappings && json is [(byte)'"', .., (byte)'"']; i++)
        {
            var unescaped = new ByteBuffer(json.Length);
            JsonStrings.AppendUnescaped(json[1..^1], unescaped);
            json = unescaped.Written.Trim(" \t\r\n"u8);
            if (JsonText.IsObjectOrArray(json))
            {
                if (Copy(json, member, sensitivity, SecretMarks.In(json, redaction.Shapes)) == CopyFault.None)
                {
                    return true;
                }

                parts.Buffer.Truncate(start);
                parts.Redactions.Rewind(redactions);
                return false;
            }

            if (!JsonText.IsString(json))
            {
                return false;
            }
        }

        return false;
    }

    private CopyFault CopyUnknown(ReadOnlySpan<byte> body)
    {
        var buffer = parts.Buffer;
        var start = -1;
        Traits? around = null;
        foreach (var unknown in raw.Unknown)
        {
            if (!unknown.Value.IsPresent)
            {
                continue;
            }

            if (start < 0)
            {
                AppendName(Member.Extensions, buffer);
                start = buffer.Length;
                buffer.Append((byte)'{');
            }

            var name = WithoutSecret(raw.NameOf(unknown));
            if (buffer.Length > start + 1)
            {
                buffer.Append((byte)',');
            }

            buffer.Append((byte)'"');
            JsonStrings.AppendEscaped(name, buffer);
            buffer.Append("\":"u8);
            var fault = copier.Copy(new CopyTask
            {
                Json = unknown.Value.In(body),
                Member = name,
                Parent = "/extensions"u8,
                Sensitivity = SensitivityOf(name, body, ref around),
                Marks = _marks,
                MaxDepth = maxDepth - 2,
            }, buffer);
            if (fault != CopyFault.None)
            {
                return fault;
            }
        }

        if (start >= 0)
        {
            buffer.Append((byte)'}');
            parts[Member.Extensions] = new Part(start, buffer.Length - start);
        }

        return CopyFault.None;
    }

    private Sensitivity SensitivityOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> body, ref Traits? around)
    {
        var named = traits.Of(name, traits.Hash(name));
        var belongs = (named & (Traits.PairedValue | Traits.KindMaterial)) != Traits.None ? around ??= Siblings.Of(body[raw.Start..], int.MaxValue, traits) : Traits.None;
        var isMaterial = (redaction.Names && named.HasFlag(Traits.Secret))
            || (redaction.Names && named.HasFlag(Traits.PairedValue) && belongs.HasFlag(Traits.Secret))
            || (redaction.Bodies && named.HasFlag(Traits.KindMaterial) && belongs.HasFlag(Traits.KindMaterial));
        return isMaterial ? Sensitivity.Material
            : _handlesSecrets && HoldsBody(name) ? Sensitivity.SecretBody
            : Sensitivity.Ordinary;
    }

    // A secret can stand in a name as well. The place tells two of them apart that have become equal.
    private ReadOnlySpan<byte> WithoutSecret(ReadOnlySpan<byte> name)
    {
        if (!(_marks.Shapes || SecretScan.MayAssign(name)) || !new SecretScan(name, traits, redaction, _marks.Shapes).Next(out _, out _))
        {
            return name;
        }

        var clean = new ByteBuffer(name.Length + 32);
        TextRedactor.Redact(name, traits, redaction, clean);
        clean.Append((byte)'#');
        clean.AppendNumber(parts.Redactions.Count);
        parts.Redactions.Begin()?.Append("/extensions"u8);
        parts.Redactions.Complete(name);
        return clean.Written;
    }

    private static bool HoldsBody(ReadOnlySpan<byte> name) =>
        name.EndsWith("ody"u8) || name.EndsWith("bject"u8) || name.EndsWith("ayload"u8) || name.EndsWith("ata"u8) || name.EndsWith("ontent"u8)
        || name.EndsWith("ttachments"u8) || name.EndsWith("atch"u8) || name.EndsWith("before"u8) || name.EndsWith("after"u8) || name.EndsWith("diff"u8);

    private static void AppendName(Member member, ByteBuffer buffer) =>
        buffer.Append(buffer.Length > 1 ? Members.Lead(member) : Members.Lead(member)[1..]);

    private static bool? ReadBoolean(ReadOnlySpan<byte> json) =>
        Ascii.EqualsIgnoreCase(JsonStrings.TextOf(json), "true"u8) ? true
        : Ascii.EqualsIgnoreCase(JsonStrings.TextOf(json), "false"u8) ? false
        : null;
}
