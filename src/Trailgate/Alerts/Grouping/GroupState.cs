using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trailgate.Alerts.Grouping;

/// <summary>What is known of a group; the content of its blob. Its size is bounded whatever comes.</summary>
/// <remarks>Always: matches = told + waiting (in <see cref="Tally"/>, <see cref="Closing"/>, <see cref="Held"/>) + <see cref="Lapsed"/>.</remarks>
internal sealed record GroupState
{
    public const int CurrentSchema = 1;

    public required int Schema { get; init; }

    public required string Rule { get; init; }

    /// <summary>The fields that the group is made by, with their values.</summary>
    public required IReadOnlyList<GroupPart> Parts { get; init; }

    /// <summary>
    /// Number of the last window; 0 before the first. When it was opened, in seconds since 1970, or one more than the number
    /// before: none comes twice, even when the group was cleaned away meanwhile and begins anew.
    /// </summary>
    public long Window { get; init; }

    /// <summary>When the window ends; null when none is open.</summary>
    public DateTimeOffset? Due { get; init; }

    /// <summary>Counted in the open window.</summary>
    public GroupTally Tally { get; init; } = GroupTally.None;

    /// <summary>The window before, whose summary is being sent.</summary>
    public GroupClosing? Closing { get; init; }

    /// <summary>Below the threshold so far; at most one fewer than that.</summary>
    public IReadOnlyList<HeldMatch> Held { get; init; } = [];

    /// <summary>All matches ever counted.</summary>
    public long Matches { get; init; }

    /// <summary>Those that a notification told of.</summary>
    public long Told { get; init; }

    /// <summary>Those that were below the threshold for too long.</summary>
    public long Lapsed { get; init; }

    /// <summary>The matches blobs that were counted and may come again.</summary>
    public IReadOnlyList<CountedMatches> Counted { get; init; } = [];

    /// <summary>When something was last counted.</summary>
    public DateTimeOffset CountedAt { get; init; }

    /// <summary>Whether others were counted, and were taken off the list when their own record stood.</summary>
    public bool Pruned { get; init; }

    public static GroupState Begin(Alert alert) => new()
    {
        Schema = CurrentSchema,
        Rule = alert.Rule,
        Parts = [.. alert.Group.Select(static part => new GroupPart(part.Key, part.Value))],
    };

    /// <summary>Reads a blob.</summary>
    /// <exception cref="InvalidDataException">It is none of this schema.</exception>
    public static GroupState Read(ReadOnlySpan<byte> json, GroupId id)
    {
        try
        {
            return JsonSerializer.Deserialize(json, GroupJsonContext.Default.GroupState) is { Schema: CurrentSchema } state
                ? state
                : throw new InvalidDataException($"{id.Blob} is no group of schema {CurrentSchema}.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{id.Blob} is no group.", e);
        }
    }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, GroupJsonContext.Default.GroupState);
}

/// <summary>A field of the group's key.</summary>
internal sealed record GroupPart(string Name, string Value);

/// <summary>A match below the threshold.</summary>
/// <param name="At">When the event happened.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Alert">Its line; null where there are samples enough.</param>
internal sealed record HeldMatch(string At, string Severity, JsonElement? Alert);

/// <summary>A window that has ended.</summary>
/// <param name="Window">Its number.</param>
/// <param name="Tally">What it counted.</param>
/// <param name="At">When it was closed.</param>
internal sealed record GroupClosing(long Window, GroupTally Tally, DateTimeOffset At);

/// <summary>A matches blob that was counted.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Told">The line of the notification that it made go out at once; null for none.</param>
internal sealed record CountedMatches(string Key, string? Told);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GroupState))]
[JsonSerializable(typeof(SettledMatches))]
internal sealed partial class GroupJsonContext : JsonSerializerContext;
