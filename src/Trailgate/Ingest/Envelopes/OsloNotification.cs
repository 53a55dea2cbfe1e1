namespace Trailgate.Ingest.Envelopes;

/// <summary>A notification of OpenStack's oslo.messaging, with the event as its payload.</summary>
internal sealed class OsloNotification : Envelope
{
    public override string Type => "oslo";

    public override bool TryOpen(RawObject item, out OpenedEnvelope opened)
    {
        opened = default;
        if (item.HasEventCore || !item.IsText("event_type"u8) || !(item.IsText("publisher_id"u8) || item.IsText("message_id"u8))
            || !item["payload"u8].IsPresent)
        {
            return false;
        }

        var facts = new FactsWriter(Type)
            .Add("id", item, "message_id"u8).Add("source", item, "publisher_id"u8).Add("time", item, "timestamp"u8).Add("eventType", item, "event_type"u8)
            .Skip(item, "payload"u8)
            .Build(item);
        opened = JsonInText.TryOpen(item.JsonOf("payload"u8), out var content)
            ? new OpenedEnvelope { Facts = facts, Content = content }
            : OpenedEnvelope.Faulty(facts, "its payload is neither an object nor a list");
        return true;
    }
}
