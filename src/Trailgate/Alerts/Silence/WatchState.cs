using System.Text.Json;
using System.Text.Json.Serialization;
using Trailgate.Storage;

namespace Trailgate.Alerts.Silence;

/// <summary>What the watch remembers from one look to the next; one blob in the default store, replaced by compare-and-swap.</summary>
internal sealed record WatchState
{
    private const int CurrentSchema = 1;

    public required int Schema { get; init; }

    /// <summary>When each thing was watched for the first time: before that, its silence says nothing.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Watched { get; init; } = new Dictionary<string, DateTimeOffset>();

    /// <summary>What is wrong now, by its name.</summary>
    public IReadOnlyDictionary<string, Trouble> Troubles { get; init; } = new Dictionary<string, Trouble>();

    /// <summary>How many alert messages waited at the last look.</summary>
    public int Queued { get; init; }

    /// <summary>At how many looks in a row there were more than at the one before.</summary>
    public int Grown { get; init; }

    /// <summary>Whether the counters did not add up at the last look.</summary>
    public bool Unbalanced { get; init; }

    public static WatchState Begin { get; } = new() { Schema = CurrentSchema };

    public static BlobName Blob { get; } = new(Containers.Alerts, "watch/state.json");

    /// <summary>Reads a blob; what can not be read is begun anew.</summary>
    public static WatchState Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, WatchJsonContext.Default.WatchState) is { Schema: CurrentSchema } state ? state : Begin;
        }
        catch (JsonException)
        {
            return Begin;
        }
    }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, WatchJsonContext.Default.WatchState);
}

/// <summary>Something that is wrong.</summary>
/// <param name="Since">When it was first seen; part of the alert's subject, so that each occurrence is told.</param>
/// <param name="Message">What was told.</param>
/// <param name="Ended">When it was seen to be over; null while it lasts.</param>
internal sealed record Trouble(DateTimeOffset Since, string Message, DateTimeOffset? Ended);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WatchState))]
internal sealed partial class WatchJsonContext : JsonSerializerContext;
