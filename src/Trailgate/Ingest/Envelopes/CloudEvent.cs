using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Trailgate.Normalize;

namespace Trailgate.Ingest.Envelopes;

/// <summary>A CloudEvent 1.0 in the JSON format (cloudevents/formats/json-format.md), alone or in a batch.</summary>
internal sealed class CloudEvent : Envelope
{
    /// <summary>The type, also of what came in the binary mode.</summary>
    public const string TypeName = "cloudevents";

    private static readonly string[] Required = ["id", "source", "type", "specversion"];

    public override string Type => TypeName;

    public override bool TryOpen(RawObject item, out OpenedEnvelope opened)
    {
        opened = default;
        if (!item.IsText("specversion"u8) || !item.IsText("id"u8) || !item.IsText("source"u8) || !item.IsText("type"u8))
        {
            return false;
        }

        // An event with all these names besides its action would be a strange one; with data that can hold an event it is none.
        if (item.HasEventCore && !item.MayHoldEvent("data"u8) && !item.IsArray("data"u8) && !item.IsText("data_base64"u8))
        {
            return false;
        }

        opened = Open(item);
        return true;
    }

    /// <summary>Opens what its Content-Type says is a CloudEvent: with a fault when it is none, unless it is a bare event.</summary>
    public override bool TryOpenExpected(RawObject item, out OpenedEnvelope opened)
    {
        opened = default;
        if (item.Members[Member.Action].IsPresent && !item["specversion"u8].IsPresent)
        {
            return false;
        }

        opened = Open(item);
        return true;
    }

    private static OpenedEnvelope Open(RawObject item)
    {
        var facts = new FactsWriter(TypeName)
            .Add("id", item, "id"u8).Add("source", item, "source"u8).Add("time", item, "time"u8).Add("eventType", item, "type"u8)
            .Skip(item, "specversion"u8).Skip(item, "data"u8).Skip(item, "data_base64"u8)
            .Build(item);
        foreach (var name in Required)
        {
            if (!item.IsText(System.Text.Encoding.ASCII.GetBytes(name)))
            {
                return OpenedEnvelope.Faulty(facts, $"the attribute '{name}' is missing or no text");
            }
        }

        if (!item.IsText("specversion"u8, "1.0"u8))
        {
            return OpenedEnvelope.Faulty(facts, "its specversion is not 1.0");
        }

        var data = item["data"u8];
        var base64 = item["data_base64"u8];
        if (data.Type != JsonTokenType.None && base64.IsPresent)
        {
            return OpenedEnvelope.Faulty(facts, "it has both data and data_base64");
        }

        return base64.IsPresent ? OpenBase64(item.JsonOf(base64), facts)
            : !data.IsPresent ? OpenedEnvelope.Faulty(facts, "it holds no data")
            : OpenData(item, data, facts);
    }

    private static OpenedEnvelope OpenData(RawObject item, RawValue data, EnvelopeFacts facts)
    {
        var json = item.JsonOf(data);
        if (data.Type is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            return new OpenedEnvelope { Facts = facts, Content = json };
        }

        if (data.Type != JsonTokenType.String)
        {
            return OpenedEnvelope.Faulty(facts, "its data is neither an object nor a list");
        }

        var mediaType = item["datacontenttype"u8];
        return mediaType.Type != JsonTokenType.String || IsJson(JsonInText.Unescape(item.JsonOf(mediaType)))
            ? OpenedEnvelope.Faulty(facts, "its data is a text, which the CloudEvents specification forbids to read as JSON again")
            : OpenText(JsonInText.Unescape(json), facts);
    }

    private static OpenedEnvelope OpenBase64(ReadOnlySpan<byte> json, EnvelopeFacts facts)
    {
        var text = json[0] == '"' ? JsonInText.Unescape(json) : [];
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return text.IsEmpty || Base64.DecodeFromUtf8(text, bytes, out _, out var length) != OperationStatus.Done
            ? OpenedEnvelope.Faulty(facts, "its data_base64 is not Base64")
            : OpenText(bytes.AsSpan(0, length), facts);
    }

    private static OpenedEnvelope OpenText(ReadOnlySpan<byte> text, EnvelopeFacts facts)
    {
        text = text.Trim(" \t\r\n"u8);
        return JsonInText.IsWhole(text)
            ? new OpenedEnvelope { Facts = facts, Content = text }
            : OpenedEnvelope.Faulty(facts, "its data is not JSON");
    }

    // RFC 6839: the +json suffix says that JSON rules apply.
    private static bool IsJson(ReadOnlySpan<byte> mediaType)
    {
        var end = mediaType.IndexOf((byte)';');
        var name = (end < 0 ? mediaType : mediaType[..end]).Trim((byte)' ');
        return name.Length >= 5
            && (System.Text.Ascii.EqualsIgnoreCase(name[^5..], "/json"u8) || System.Text.Ascii.EqualsIgnoreCase(name[^5..], "+json"u8));
    }
}
