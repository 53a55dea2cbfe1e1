using System.Text.Json;
using Trailgate.Normalize;

namespace Trailgate.Ingest.Envelopes;

/// <summary>
/// A document out of a search index, as the archives of LogDNA and Mezmo hold them: <c>{"_source":{}}</c>. What is in it
/// is the line of a log, as <c>_line</c>, or the event that was read from it. The index writes names of its own with an
/// underscore, and <c>o_</c> before the name of each member that is an object: <c>o_target</c> for <c>target</c>.
/// </summary>
internal sealed class SourceDocument : Envelope
{
    // An action alone is too little: what else an event tells must stand beside it.
    private static readonly string[] Beside = ["eventTime", "outcome", "initiator", "target", "o_initiator", "o_target"];

    private static ReadOnlySpan<byte> ObjectPrefix => "o_"u8;

    public override string Type => "log-source";

    public override bool TryOpen(RawObject item, out OpenedEnvelope opened)
    {
        opened = default;
        if (item.HasEventCore || !item.IsObject("_source"u8))
        {
            return false;
        }

        var source = item.JsonOf("_source"u8);
        var facts = new FactsWriter(Type).Add("id", item, "_id"u8).Skip(item, "_source"u8);
        if (JsonMembers.Find(source, "_line"u8).IsPresent)
        {
            opened = new OpenedEnvelope { Facts = facts.Build(item), Content = source };
            return true;
        }

        if (!HoldsEvent(source))
        {
            return false;
        }

        var content = EventOf(source, facts);
        opened = new OpenedEnvelope { Facts = facts.Build(item), Content = content };
        return true;
    }

    private static bool HoldsEvent(ReadOnlySpan<byte> source)
    {
        var fields = new Fields(source, ["action", .. Beside]);
        if (fields.Text("action").IsEmpty)
        {
            return false;
        }

        foreach (var name in Beside)
        {
            if (!fields[name].IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    private static byte[] EventOf(ReadOnlySpan<byte> source, FactsWriter facts)
    {
        var plain = new ByteBuffer(source.Length);
        plain.Append((byte)'{');
        var members = new JsonMembers(source);
        while (members.MoveNext())
        {
            if (members.Name is [(byte)'_', ..])
            {
                facts.AddOtherValue(members.Name, members.Json);
                continue;
            }

            if (plain.Length > 1)
            {
                plain.Append((byte)',');
            }

            plain.Append(members.QuotedName);
            plain.Append((byte)':');
            plain.Append(members.Json);
        }

        plain.Append((byte)'}');
        return WithoutPrefixes(plain.Written);
    }

    // At any depth, in one walk: what is not a prefix is copied as it stands.
    private static byte[] WithoutPrefixes(ReadOnlySpan<byte> json)
    {
        var output = new ByteBuffer(json.Length);
        var reader = new Utf8JsonReader(json, ItemNormalizer.SingleValue);
        var copied = 0;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueSpan.StartsWith(ObjectPrefix) || reader.ValueSpan.Length == ObjectPrefix.Length)
            {
                continue;
            }

            var name = (int)reader.TokenStartIndex + 1;
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                output.Append(json[copied..name]);
                copied = name + ObjectPrefix.Length;
            }
        }

        output.Append(json[copied..]);
        return output.Written.ToArray();
    }
}
