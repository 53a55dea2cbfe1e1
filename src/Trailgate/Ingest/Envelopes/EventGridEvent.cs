namespace Trailgate.Ingest.Envelopes;

/// <summary>An event in the Event Grid schema of Azure; they come as an array.</summary>
internal sealed class EventGridEvent : Envelope
{
    public override string Type => "event-grid";

    public override bool TryOpen(RawObject item, out OpenedEnvelope opened)
    {
        opened = default;
        if (item.HasEventCore || !item.IsText("eventType"u8) || !item.IsText("id"u8) || !item.IsText("eventTime"u8) || !item["data"u8].IsPresent
            || !(item.IsText("topic"u8) || item.IsText("subject"u8)) || !(item.IsText("dataVersion"u8) || item.IsText("metadataVersion"u8)))
        {
            return false;
        }

        var facts = new FactsWriter(Type)
            .Add("id", item, "id"u8).Add("source", item, "topic"u8).Add("time", item, "eventTime"u8).Add("eventType", item, "eventType"u8)
            .Skip(item, "data"u8)
            .Build(item);
        opened = item.IsText("eventType"u8, "Microsoft.EventGrid.SubscriptionValidationEvent"u8)
            ? OpenedEnvelope.Faulty(facts, "it asks to validate a subscription and carries no event")
            : JsonInText.TryOpen(item.JsonOf("data"u8), out var content)
                ? new OpenedEnvelope { Facts = facts, Content = content }
                : OpenedEnvelope.Faulty(facts, "its data is neither an object nor a list");
        return true;
    }
}
