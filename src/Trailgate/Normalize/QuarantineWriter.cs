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
        var handlesSecrets = settings.Bodies && HandlesSecrets(json);
        var fault = copier.Copy(json, "content"u8, handlesSecrets ? Sensitivity.SecretBody : Sensitivity.Ordinary, SecretShapes.MayOccurIn(json), maxDepth, output);
        if (fault != CopyFault.None)
        {
            output.Truncate(start);
            redactions.Rewind(redacted);
            AppendContent(json, handlesSecrets, output);
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

    // What was refused for something else can hold a secret's body all the same: an action on one, or Kubernetes' reference
    // to one, anywhere in it makes all of it sensitive. Rather too much is hidden than too little.
    private static bool HandlesSecrets(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && (reader.ValueSpan.SequenceEqual("action"u8) || reader.ValueSpan.SequenceEqual("resource"u8)))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String && ActionName.HandlesSecrets(reader.ValueSpan))
                {
                    return true;
                }
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
        if (copier.Copy(_redacted.Written, "envelope"u8, Sensitivity.Ordinary, mayHoldShapes: true, MaxFactsDepth, output) != CopyFault.None)
        {
            output.Truncate(start);
            redactions.Clear();
            facts.WriteTypeTo(output);
        }
    }

    // As a text it can be searched for secrets by name and shape only: where there is a secret's body in it, nothing of it stays.
    private void AppendContent(ReadOnlySpan<byte> json, bool handlesSecrets, ByteBuffer output)
    {
        if (!handlesSecrets)
        {
            AppendText(json, output);
            return;
        }

        redactions.Begin()?.Append("/content"u8);
        redactions.Complete(json);
        output.Append((byte)'"');
        output.Append(Redactions.Replacement);
        output.Append((byte)'"');
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
