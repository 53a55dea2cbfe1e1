using Trailgate.Normalize;

namespace Trailgate.Ingest.Envelopes;

/// <summary>
/// IBM's <c>{"payload":{},"logSourceCRN":...}</c> and <c>{"meta":{},"payload":{}}</c>. The members beside the payload
/// belong to the event: it gets those that it lacks.
/// </summary>
internal sealed class PayloadWrapper : Envelope
{
    public override string Type => "payload";

    private static readonly Member[] Shared = [Member.Observer, Member.DataEvent, Member.LogSourceCrn, Member.SaveServiceCopy];

    public override bool TryOpen(RawObject item, out OpenedEnvelope opened)
    {
        opened = default;
        if (item.HasEventCore || !item.MayHoldEvent("payload"u8))
        {
            return false;
        }

        var facts = new FactsWriter(Type).Add("id", item, "id"u8).Skip(item, "payload"u8);
        if (!JsonInText.TryOpen(item.JsonOf("payload"u8), out var content))
        {
            opened = OpenedEnvelope.Faulty(facts.Build(item), "its payload is not JSON");
            return true;
        }

        opened = new OpenedEnvelope { Content = Merge(item, content, facts), Facts = facts.Build(item) };
        return true;
    }

    private static ReadOnlySpan<byte> Merge(RawObject item, ReadOnlySpan<byte> content, FactsWriter facts)
    {
        if (content[0] != '{')
        {
            return content;
        }

        // What the event has itself stays, and the wrapper's goes with the facts; null says no more than leaving it out.
        var lacking = new List<Member>();
        var output = new ByteBuffer(content.Length + 256);
        output.Append((byte)'{');
        foreach (var member in Shared)
        {
            var value = item.Members[member];
            if (value.IsPresent && !JsonMembers.Find(content, Members.Name(member)).IsPresent)
            {
                lacking.Add(member);
                AppendMember(output, [(byte)'"', .. Members.Name(member), (byte)'"'], item.JsonOf(value));
                facts.Skip(item, Members.Name(member));
            }
        }

        if (lacking.Count == 0)
        {
            return content;
        }

        var members = new JsonMembers(content);
        while (members.MoveNext())
        {
            if (members.Value.IsPresent || !Members.TryFind(members.Name, out var member) || !lacking.Contains(member))
            {
                AppendMember(output, members.QuotedName, members.Json);
            }
        }

        output.Append((byte)'}');
        return output.Written;
    }

    private static void AppendMember(ByteBuffer output, ReadOnlySpan<byte> quotedName, ReadOnlySpan<byte> json)
    {
        if (output.Length > 1)
        {
            output.Append((byte)',');
        }

        output.Append(quotedName);
        output.Append((byte)':');
        output.Append(json);
    }
}
