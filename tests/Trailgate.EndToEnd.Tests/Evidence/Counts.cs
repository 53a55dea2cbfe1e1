using System.Text.Json;

namespace Trailgate.EndToEnd.Tests.Evidence;

/// <summary>The counts of a manifest.</summary>
internal readonly record struct Counts(long Received, long Archived, long Duplicate, long Quarantined)
{
    public static Counts operator +(Counts left, Counts right) => new(
        left.Received + right.Received, left.Archived + right.Archived, left.Duplicate + right.Duplicate, left.Quarantined + right.Quarantined);

    public static Counts Read(JsonElement element) => new(
        element.GetProperty("received").GetInt64(), element.GetProperty("archived").GetInt64(),
        element.GetProperty("duplicate").GetInt64(), element.GetProperty("quarantined").GetInt64());
}
