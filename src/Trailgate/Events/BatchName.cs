using System.Globalization;
using Trailgate.Storage;

namespace Trailgate.Events;

/// <summary>
/// Where a batch lies in the inbox: <c>batches/yyyy-MM-dd/HH/{uuidv7}.ndjson</c>. Names sort by the time at which they
/// were made, and the first copy of an event, in the order of names, is the one that is archived.
/// </summary>
public static class BatchName
{
    /// <summary>What the path of every batch begins with.</summary>
    public const string Prefix = "batches/";

    /// <summary>A new name. Two calls never give the same one.</summary>
    public static BlobName New(DateTimeOffset time) => new(
        Containers.Inbox,
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{time.UtcDateTime:yyyy-MM-dd/HH}/{Guid.CreateVersion7(time)}.ndjson"));

    /// <summary>The path without prefix and ending: names what belongs to the batch in other containers.</summary>
    public static string Stem(BlobName batch) => batch.Path[Prefix.Length..^".ndjson".Length];
}
