using System.Globalization;
using Trailgate.Archive;
using Trailgate.Events;

namespace Trailgate.Verify;

/// <summary>What the path of a manifest says.</summary>
internal readonly record struct ManifestPath(Region Region, long Sequence)
{
    /// <summary>Reads a path; null when no manifest is named so.</summary>
    public static ManifestPath? Read(string path)
    {
        const string Start = "region=";
        const string Suffix = ".json";
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash > Start.Length
            && path.StartsWith(Start, StringComparison.Ordinal)
            && Region.TryParse(path.AsSpan(Start.Length, slash - Start.Length), out var region)
            && path.EndsWith(Suffix, StringComparison.Ordinal)
            && ArchiveNames.ManifestPrefix(region) is { Length: var prefix }
            && path.Length > prefix + Suffix.Length
            && long.TryParse(path.AsSpan(prefix, path.Length - prefix - Suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            && sequence > 0
            && ArchiveNames.Manifest(region, sequence).Path == path
                ? new ManifestPath(region, sequence)
                : null;
    }
}
