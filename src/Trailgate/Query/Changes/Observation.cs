using Trailgate.Events;

namespace Trailgate.Query.Changes;

/// <summary>The event that something was seen in.</summary>
public sealed class Observation
{
    internal Observation(EventDocument seen)
    {
        Id = seen.Position.Id;
        Time = seen.Position.Time;
        Action = seen.Action;
        Region = seen.Text("trailgate", "region") ?? "";
        Redactions = RedactionMarks.Read(seen);
    }

    /// <summary>The event's id.</summary>
    public EventId Id { get; }

    /// <summary>When it happened.</summary>
    public EventTime Time { get; }

    /// <summary>What was done.</summary>
    public string Action { get; }

    /// <summary>Where.</summary>
    public string Region { get; }

    /// <summary>What was redacted in it.</summary>
    internal RedactionMarks Redactions { get; }
}

/// <summary>A value as an event shows it.</summary>
/// <param name="Json">The value.</param>
/// <param name="Pointer">Where it stands in the event: a JSON pointer, as those of redactions.</param>
/// <param name="Seen">The event.</param>
internal readonly record struct SeenValue(System.Text.Json.JsonElement Json, string Pointer, Observation Seen)
{
    /// <summary>A member of it.</summary>
    public SeenValue Member(System.Text.Json.JsonProperty member) => new(member.Value, JsonPath.Append(Pointer, member.Name), Seen);

    /// <summary>An element of it.</summary>
    public SeenValue Element(System.Text.Json.JsonElement element, int index) =>
        new(element, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Pointer}/{index}"), Seen);
}
