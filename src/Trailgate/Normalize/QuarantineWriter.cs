using System.Text;
using System.Text.Json;
using Trailgate.Events;

namespace Trailgate.Normalize;

/// <summary>
/// Writes what is no event as one line: region unknown, the reason, and the content, redacted like an event. Content
/// that is JSON stays JSON; the rest becomes a text.
/// </summary>
internal sealed class QuarantineWriter(ValueCopier copier, Redactions redactions, NameTraits traits, RedactionSettings settings)
{
    private const int MaxFactsDepth = 64;

    private readonly ByteBuffer _redacted = new(1024);

    public void WriteJson(ReadOnlySpan<byte> json, Reception reception, string reason, EnvelopeFacts? facts, int maxDepth, ByteBuffer output)
    {
        output.Clear();
        WriteStart(reception, reason, output);
        WriteFacts(facts, output);
        output.Append(",\"content\":"u8);
        var start = output.Length;
        var sensitivity = settings.Bodies && SecretActions.AreNamedIn(json) ? Sensitivity.SecretBody : Sensitivity.Ordinary;
        json = settings.Bodies && sensitivity == Sensitivity.Ordinary ? WithoutBodiesInTexts(json) : json;
        var marks = SecretMarks.In(json, settings.Shapes);
        var redacted = redactions.Count;
        var task = new CopyTask { Json = json, Member = "content"u8, Sensitivity = sensitivity, Marks = marks, MaxDepth = maxDepth };
        if (copier.Copy(task, output) != CopyFault.None)
        {
            output.Truncate(start);
            redactions.Rewind(redacted);
            AppendAsText(task, output);
        }

        WriteEnd(output);
    }

    public void WriteText(ReadOnlySpan<byte> text, Reception reception, string reason, EnvelopeFacts? facts, ByteBuffer output)
    {
        output.Clear();
        WriteStart(reception, reason, output);
        WriteFacts(facts, output);
        output.Append(",\"content\":"u8);
        AppendText(text, output);
        WriteEnd(output);
    }

    // What can not be kept as JSON (a member stands twice, or it is nested too deep) is kept as a text of JSON.
    private void AppendAsText(in CopyTask refused, ByteBuffer output)
    {
        var copy = new ByteBuffer(refused.Json.Length + 64);
        var redacted = redactions.Count;
        var task = new CopyTask
        {
            Json = refused.Json,
            Member = refused.Member,
            Sensitivity = refused.Sensitivity,
            Marks = refused.Marks,
            MaxDepth = int.MaxValue,
            ToleratesDuplicates = true,
        };
        if (copier.Copy(task, copy) != CopyFault.None)
        {
            redactions.Rewind(redacted);
            AppendText(refused.Sensitivity == Sensitivity.SecretBody ? Redactions.Replacement : refused.Json, output);
            return;
        }

        output.Append((byte)'"');
        JsonStrings.AppendEscaped(copy.Written, output);
        output.Append((byte)'"');
    }

    // A text in it that holds a part of an event, cut so that its action can not be seen, keeps no body: nobody can know
    // whether it is that of a secret.
    private ReadOnlySpan<byte> WithoutBodiesInTexts(ReadOnlySpan<byte> json)
    {
        ByteBuffer? output = null;
        var written = 0;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                continue;
            }

            var start = (int)reader.TokenStartIndex;
            _redacted.Clear();
            JsonStrings.AppendUnescaped(reader.ValueSpan, _redacted);
            var text = _redacted.Written.ToArray();
            if (!TryRedactBodies(text))
            {
                continue;
            }

            redactions.Begin()?.Append("/content"u8);
            redactions.Complete(text);
            output ??= new ByteBuffer(json.Length);
            output.Append(json[written..(start + 1)]);
            JsonStrings.AppendEscaped(_redacted.Written, output);
            written = (int)reader.BytesConsumed - 1;
        }

        output?.Append(json[written..]);
        return output is null ? json : output.Written;
    }

    // Leaves what is kept of the text in _redacted.
    private bool TryRedactBodies(ReadOnlySpan<byte> text)
    {
        _redacted.Clear();
        if (Base64Json.MayBe(text) && Base64Json.Decode(text) is { } decoded)
        {
            _redacted.Append(Redactions.Replacement);
            return !JsonText.IsWrapping(decoded) && SecretActions.HintIn(decoded) == ActionHint.Unknown;
        }

        return text.IndexOf((byte)'"') >= 0 && !JsonText.IsWrapping(text)
            && SecretActions.HintIn(text) == ActionHint.Unknown && SecretActions.RedactBodies(text, _redacted);
    }

    private void WriteFacts(EnvelopeFacts? facts, ByteBuffer output)
    {
        if (facts is null)
        {
            return;
        }

        _redacted.Clear();
        facts.WriteTo(_redacted);
        output.Append(",\"envelope\":"u8);
        var start = output.Length;
        if (copier.Copy(new CopyTask { Json = _redacted.Written, Member = "envelope"u8, Marks = SecretMarks.All, MaxDepth = MaxFactsDepth }, output) != CopyFault.None)
        {
            output.Truncate(start);
            redactions.Clear();
            facts.WriteTypeTo(output);
        }
    }

    private void AppendText(ReadOnlySpan<byte> text, ByteBuffer output)
    {
        var kept = WithoutBodies(text);
        _redacted.Clear();
        if (TextRedactor.Redact(kept, traits, settings, _redacted) || kept != text)
        {
            redactions.Begin()?.Append("/content"u8);
            redactions.Complete(text);
        }

        output.Append((byte)'"');
        JsonStrings.AppendEscaped(_redacted.Written, output);
        output.Append((byte)'"');
    }

    // Where a broken text ends what it begins can not be known for sure, so one about a secret is not kept at all.
    private ReadOnlySpan<byte> WithoutBodies(ReadOnlySpan<byte> text)
    {
        switch (settings.Bodies ? SecretActions.HintIn(text) : ActionHint.Harmless)
        {
            case ActionHint.Secret:
                return Redactions.Replacement;
            case ActionHint.Unknown:
                var kept = new ByteBuffer(text.Length);
                SecretActions.RedactBodies(text, kept);
                return kept.Written;
            default:
                return text;
        }
    }

    private static void WriteStart(Reception reception, string reason, ByteBuffer output)
    {
        output.Append(QuarantinedItem.LineStart);
        output.Append("{\"region\":\"unknown\",\"receivedAt\":\""u8);
        output.Append(reception.ReceivedAtText);
        if (reception.SourceText is { } source)
        {
            output.Append("\",\"source\":\""u8);
            output.Append(source);
        }

        output.Append("\",\"reason\":\""u8);
        JsonStrings.AppendEscaped(Encoding.UTF8.GetBytes(reason), output);
        output.Append((byte)'"');
    }

    private void WriteEnd(ByteBuffer output)
    {
        redactions.WriteTo(output, int.MaxValue);
        output.Append("}}"u8);
    }
}
