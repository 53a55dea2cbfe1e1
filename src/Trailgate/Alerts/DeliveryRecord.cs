using System.Text.Json.Serialization;

namespace Trailgate.Alerts;

/// <summary>What became of the alerts of one matches blob on one channel; the content of a delivery blob.</summary>
internal sealed record DeliveryRecord
{
    public const int CurrentSchema = 1;

    public required int Schema { get; init; }

    public required string Matches { get; init; }

    public required string Channel { get; init; }

    /// <summary>The highest try that a message was sent for. Messages for earlier ones are left-overs.</summary>
    public required int Scheduled { get; init; }

    public required IReadOnlyList<AlertDeliveryRecord> Alerts { get; init; }
}

/// <summary>What became of one alert on one channel.</summary>
internal sealed record AlertDeliveryRecord
{
    public required string Id { get; init; }

    public required string Rule { get; init; }

    public required DeliveryState State { get; init; }

    public required IReadOnlyList<DeliveryAttempt> Attempts { get; init; }
}

/// <summary>One try.</summary>
/// <param name="At">When it ended: RFC 3339 in UTC.</param>
/// <param name="Status">HTTP status of the answer, if there was one.</param>
/// <param name="Error">What went wrong, at most 1,000 characters; null for success.</param>
internal sealed record DeliveryAttempt(string At, int? Status, string? Error);

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
internal sealed partial class AlertJsonContext : JsonSerializerContext;

internal sealed class DeliveryStateConverter() : JsonStringEnumConverter<DeliveryState>(System.Text.Json.JsonNamingPolicy.CamelCase);
