using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Trailgate.Events;

namespace Trailgate.Cli.Demo;

/// <summary>One event in the shape in which Code Engine's reach a receiver.</summary>
internal sealed record DemoEvent
{
    public required CodeEngineAction Action { get; init; }

    public required DemoPerson Who { get; init; }

    public required DemoProject Project { get; init; }

    public required string ObjectName { get; init; }

    public required DemoOutcome Outcome { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required Guid CorrelationId { get; init; }

    /// <summary>Adds a long answer, so that the event exceeds what an archive keeps of one.</summary>
    public bool Oversized { get; init; }

    /// <summary>The JSON, UTF-8.</summary>
    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("eventTime", Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ff", CultureInfo.InvariantCulture) + "+0000");
            writer.WriteString("action", Action.Id);
            writer.WriteString("outcome", Outcome.Outcome);
            writer.WriteString("severity", Outcome.Severity(Action.Verb));
            writer.WriteString("message", $"Code Engine: {Action.Description}{(Outcome.Outcome == "success" ? "" : $" -{Outcome.Outcome}")}");
            WriteReason(writer);
            WriteInitiator(writer);
            WriteTarget(writer);
            writer.WriteStartObject("observer");
            writer.WriteString("name", "ActivityTracker");
            writer.WriteEndObject();
            writer.WriteString("correlationId", CorrelationId);
            writer.WriteBoolean("dataEvent", false);
            writer.WriteString("logSourceCRN", Project.LogSourceCrn);
            writer.WriteBoolean("saveServiceCopy", true);
            DemoBodies.WriteRequest(writer, this);
            DemoBodies.WriteResponse(writer, this);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private void WriteReason(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("reason");
        writer.WriteNumber("reasonCode", Outcome.Code);
        writer.WriteString("reasonType", Outcome.Type);
        if (Outcome.Failure is { } failure)
        {
            writer.WriteString("reasonForFailure", failure);
        }

        writer.WriteEndObject();
    }

    private void WriteInitiator(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("initiator");
        writer.WriteString("id", Who.Id);
        writer.WriteString("name", Who.Name);
        writer.WriteString("typeURI", Who.TypeUri);
        writer.WriteStartObject("credential");
        writer.WriteString("type", Who.Credential);
        writer.WriteEndObject();
        writer.WriteStartObject("host");
        writer.WriteString("address", Who.Address);
        writer.WriteString("addressType", Who.Address.Contains(':', StringComparison.Ordinal) ? "IPv6" : "IPv4");
        writer.WriteString("agent", Who.Agent);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteTarget(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("target");
        writer.WriteString("id", Project.Crn);
        writer.WriteString("name", Project.Name);
        writer.WriteString("typeURI", $"codeengine/{Action.ObjectType}");
        writer.WriteEndObject();
    }
}
