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
        var redacted = redactions.Count;
        var sensitivity = settings.Bodies && NamesSecretAction(json) ? Sensitivity.SecretBody : Sensitivity.Ordinary;
        var marks = SecretMarks.In(json, settings.Shapes);
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

    // It is no event, but it may have one in it: any action on a secret, or Kubernetes' reference to one
    // as a resource, makes all of it the body of a secret.
    private static bool NamesSecretAction(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        var isAction = false;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                isAction = reader.TextIs("action"u8) || reader.TextIs("resource"u8);
            }
            else if (isAction && reader.TokenType == JsonTokenType.String
                && ActionName.HandlesSecrets(reader.ValueIsEscaped ? "secret"u8 : reader.ValueSpan))
            {
                return true;
            }
        }

        return false;
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
        _redacted.Clear();
        if (TextRedactor.Redact(text, traits, settings, _redacted))
        {
            redactions.Begin()?.Append("/content"u8);
            redactions.Complete(text);
        }

        output.Append((byte)'"');
        JsonStrings.AppendEscaped(_redacted.Written, output);
        output.Append((byte)'"');
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
        output.Append(JsonEncodedText.Encode(reason).EncodedUtf8Bytes);
        output.Append((byte)'"');
    }

    private void WriteEnd(ByteBuffer output)
    {
        redactions.WriteTo(output, int.MaxValue);
        output.Append("}}"u8);
    }
}
