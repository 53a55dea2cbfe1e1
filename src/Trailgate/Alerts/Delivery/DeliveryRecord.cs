using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trailgate.Alerts.Delivery;

/// <summary>What became of the notifications of one blob on one channel; the content of a delivery blob.</summary>
internal sealed record DeliveryRecord
{
    public const int CurrentSchema = 1;

    public required int Schema { get; init; }

    public required string Matches { get; init; }

    public required string Channel { get; init; }

    /// <summary>The highest try that a message was sent for. Messages for earlier ones are left-overs.</summary>
    public required int Scheduled { get; init; }

    /// <summary>When the first try began: RFC 3339 in UTC.</summary>
    public string? Since { get; init; }

    /// <summary>Who works on it now; null for nobody.</summary>
    public DeliveryClaim? Claim { get; init; }

    public required IReadOnlyList<AlertDeliveryRecord> Alerts { get; init; }
}

/// <summary>Keeps copies of one message from being handled at the same time.</summary>
/// <param name="By">Names the handler.</param>
/// <param name="Until">When the claim is void, should the handler have died: RFC 3339 in UTC.</param>
internal sealed record DeliveryClaim(string By, string Until);

/// <summary>What became of one notification on one channel.</summary>
internal sealed record AlertDeliveryRecord
{
    // Only the last try's answer is worth its room in full.
    private const int EarlierErrorLength = 100;

    public required string Id { get; init; }

    public required string Rule { get; init; }

    public required DeliveryState State { get; init; }

    public required IReadOnlyList<DeliveryAttempt> Attempts { get; init; }

    /// <summary>The same after one more try.</summary>
    public AlertDeliveryRecord Tried(DeliveryAttempt made, DeliveryState state) => this with { State = state, Attempts = [.. Attempts.Select(Shorten), made] };

    /// <summary>Whether this one knows more, where two handlers worked on the same.</summary>
    public bool IsAheadOf(AlertDeliveryRecord other) => (State, Attempts.Count).CompareTo((other.State, other.Attempts.Count)) > 0;

    private static DeliveryAttempt Shorten(DeliveryAttempt attempt) =>
        attempt.Error is { Length: > EarlierErrorLength } error ? attempt with { Error = error[..EarlierErrorLength] } : attempt;
}

/// <summary>One try.</summary>
/// <param name="Number">Which try of the message it was made in, from 1.</param>
/// <param name="At">When it ended: RFC 3339 in UTC.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Status">HTTP status of the answer, if there was one.</param>
/// <param name="Error">What went wrong, at most 1,000 characters; null for success.</param>
internal sealed record DeliveryAttempt(int Number, string At, long Milliseconds, int? Status, string? Error);

/// <summary>How far a delivery is. Later states win over earlier ones when two handlers worked on the same alerts.</summary>
internal enum DeliveryState
{
    /// <summary>To be sent, or to be sent again.</summary>
    Pending,

    /// <summary>Given up; it lies among the dead letters.</summary>
    Dead,

    /// <summary>The receiver took it.</summary>
    Delivered,
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(DeliveryStateConverter)])]
[JsonSerializable(typeof(DeliveryRecord))]
[JsonSerializable(typeof(IReadOnlyList<DeliveryAttempt>))]
[JsonSerializable(typeof(ChannelState))]
internal sealed partial class AlertJsonContext : JsonSerializerContext;

internal sealed class DeliveryStateConverter() : JsonStringEnumConverter<DeliveryState>(JsonNamingPolicy.CamelCase);
