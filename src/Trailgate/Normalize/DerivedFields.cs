using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Trailgate.Events;

namespace Trailgate.Normalize;

/// <summary>What follows from the content of an event, after its id: types that do not fit, time, outcome, kind, severity, region.</summary>
internal sealed class DerivedFields(RawMembers raw, EventParts parts, ContentForm content, ValueCopier copier, RegionFinder regions, int maxDepth)
{
    private const int NoReasonCode = -1;

    private readonly ByteBuffer _facts = new(1024);

    /// <summary>Derives them.</summary>
    /// <param name="body">What the event was read from.</param>
    /// <param name="reception">The request.</param>
    /// <param name="facts">What the envelopes around the event tell, or null.</param>
    public void Derive(ReadOnlySpan<byte> body, Reception reception, EnvelopeFacts? facts)
    {
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

        parts.Region = regions.Find(parts, regionMember, out var unknownName);
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
        _facts.Clear();
        facts.WriteTo(_facts);
        var start = parts.Buffer.Length;
        var redactions = parts.Redactions.Count;
        if (copier.Copy(
            new CopyTask { Json = _facts.Written, Member = "envelope"u8, Parent = "/trailgate"u8, Marks = SecretMarks.All, MaxDepth = maxDepth }, parts.Buffer) != CopyFault.None)
        {
            parts.Redactions.Rewind(redactions);
            parts.Buffer.Truncate(start);
            facts.WriteTypeTo(parts.Buffer);
        }

        parts.Envelope = new Part(start, parts.Buffer.Length - start);
    }

    // A truth value that was written as a text, in any letter case: else it would not be there any more.
    private void GiveWrittenAsText(Member member, ReadOnlySpan<byte> body)
    {
        var given = raw[member];
        if (given.Type == JsonTokenType.String && parts[member].IsPresent)
        {
            // Letters alone, which need no escaping.
            Give(Members.Text(member), parts.AppendText(JsonStrings.TextOf(given.In(body))));
        }
    }

    private static bool Fits(Member member, ReadOnlySpan<byte> value) =>
        Members.IsBody(member)
        || (Members.IsObject(member) ? value[0] == '{'
            : Members.IsBoolean(member) ? value[0] is (byte)'t' or (byte)'f'
            : value[0] == '"');

    private void DeriveTime(Reception reception)
    {
        var given = raw[Member.EventTime];
        if (parts.Time != default)
        {
            // What was read is kept as it came wherever it was written in another form.
            if (given.Type != JsonTokenType.String || !content.GivenTime.SequenceEqual(parts.Text(Member.EventTime)))
            {
                var start = parts.Buffer.Length;
                parts.Buffer.Append((byte)'"');
                JsonStrings.AppendEscaped(content.GivenTime, parts.Buffer);
                parts.Buffer.Append((byte)'"');
                Give("eventTime", new Part(start, parts.Buffer.Length - start));
            }

            return;
        }

        if (parts[Member.EventTime].IsPresent)
        {
            Give("eventTime", parts[Member.EventTime]);
        }

        parts.Assumed.Insert(0, "eventTime");
        parts.Time = reception.ReceivedAt;
        parts[Member.EventTime] = parts.AppendText(reception.ReceivedAtText);
    }

    private void DeriveOutcome()
    {
        var given = parts.Text(Member.Outcome);
        if (Outcomes.TryParse(given, out var outcome))
        {
            parts.Outcome = outcome;
            return;
        }

        parts.Outcome = OutcomeWords.Map(given);
        if (parts[Member.Outcome].IsPresent)
        {
            Give("outcome", parts[Member.Outcome]);
        }
        else
        {
            parts.Assumed.Add("outcome");
        }

        parts[Member.Outcome] = parts.AppendText(Encoding.ASCII.GetBytes(parts.Outcome.ToText()));
    }

    // reasonCode is a number at IBM and a text of digits in CADF; it becomes a number, and what is neither is kept as given.
    private int DeriveReasonCode()
    {
        var value = parts.Value(Member.Reason);
        if (value.IndexOf("reasonCode"u8) < 0)
        {
            return NoReasonCode;
        }

        var scanner = new JsonScanner(value);
        if (!scanner.Enter())
        {
            return NoReasonCode;
        }

        do
        {
            var nameStart = scanner.Position;
            var found = scanner.ReadName(out _).SequenceEqual("reasonCode"u8);
            var token = scanner.Type;
            var start = scanner.Position;
            scanner.Skip();
            if (!found)
            {
                continue;
            }

            var end = scanner.Position;
            var text = token switch
            {
                JsonTokenType.String => value[(start + 1)..(end - 1)],
                JsonTokenType.Number => value[start..end],
                _ => [],
            };
            var isCode = Utf8Parser.TryParse(text, out int code, out var used) && used == text.Length && used <= 9 && code >= 0;
            if (token == JsonTokenType.Number && isCode)
            {
                return code;
            }

            Give("reason.reasonCode", new Part(parts[Member.Reason].Start + start, end - start));
            var whole = value.ToArray();
            parts[Member.Reason] = isCode
                ? parts.Append([.. whole.AsSpan(0, start), .. Encoding.ASCII.GetBytes(code.ToString(CultureInfo.InvariantCulture)), .. whole.AsSpan(end)])
                : parts.Append(WithoutMember(whole, nameStart, end));
            return isCode ? code : NoReasonCode;
        }
        while (scanner.MoveToNext((byte)'}'));

        return NoReasonCode;
    }

    private static byte[] WithoutMember(ReadOnlySpan<byte> value, int start, int end)
    {
        var comma = value[end] == ',';
        return comma
            ? [.. value[..start], .. value[(end + 1)..]]
            : [.. value[..(value[start - 1] == ',' ? start - 1 : start)], .. value[end..]];
    }

    private void Give(string name, Part part) => parts.Given.Add((name, part));
}
