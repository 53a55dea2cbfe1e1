namespace Trailgate.Ingest.Envelopes;

/// <summary>What oslo.messaging of OpenStack puts on the wire: the notification as a text under <c>oslo.message</c>.</summary>
internal sealed class OsloMessage : Envelope
{
    public override string Type => "oslo-message";

    public override bool TryOpen(RawObject item, out OpenedEnvelope opened)
    {
        opened = default;
        if (item.HasEventCore || !item.IsText("oslo.version"u8) || !item["oslo.message"u8].IsPresent)
        {
            return false;
        }

        var facts = new FactsWriter(Type).Skip(item, "oslo.message"u8).Build(item);
        opened = JsonInText.TryOpen(item.JsonOf("oslo.message"u8), out var content)
            ? new OpenedEnvelope { Facts = facts, Content = content }
            : OpenedEnvelope.Faulty(facts, "its oslo.message is not JSON");
        return true;
    }
}
