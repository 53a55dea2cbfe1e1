using System.Text.Json;

namespace Trailgate.Ingest.Envelopes;

/// <summary>
/// An alert of IBM Cloud Logs, as Event Notifications delivers it inside a CloudEvent: the log line that raised it is its
/// example. Cloud Logs cuts a long one at 1,000 characters, and what is left is a text and no event.
/// </summary>
internal sealed class CloudLogsAlert : Envelope
{
    public override string Type => "cloud-logs-alert";

    public override bool TryOpen(RawObject item, out OpenedEnvelope opened)
    {
        opened = default;
        if (item.HasEventCore || !item.IsObject("alert_definition"u8)
            || (item["log_example"u8].Type == JsonTokenType.None && item["log_example_truncated"u8].Type == JsonTokenType.None))
        {
            return false;
        }

        var definition = item.JsonOf("alert_definition"u8);
        var id = JsonMembers.Find(definition, "id"u8);
        var name = JsonMembers.Find(definition, "name"u8);
        var facts = new FactsWriter(Type)
            .Add("id", id.Type == JsonTokenType.String ? JsonInText.Unescape(id.In(definition)) : [])
            .Add("source", name.Type == JsonTokenType.String ? JsonInText.Unescape(name.In(definition)) : [])
            .Add("time", item, "latest_event_timestamp"u8)
            .Skip(item, "log_example"u8)
            .Build(item);
        var example = item["log_example"u8];
        opened = !example.IsPresent ? OpenedEnvelope.Faulty(facts, "it has no log_example")
            : JsonInText.TryOpen(item.JsonOf(example), out var content) ? new OpenedEnvelope { Facts = facts, Content = content }
            : item["log_example_truncated"u8].Type == JsonTokenType.True
                ? OpenedEnvelope.Faulty(facts, "its log_example was cut by Cloud Logs (log_example_truncated) and is a part of an event only; the whole one is in Cloud Logs")
                : OpenedEnvelope.Faulty(facts, "its log_example is not JSON");
        return true;
    }
}
