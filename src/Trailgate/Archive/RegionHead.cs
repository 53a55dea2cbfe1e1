using Trailgate.Events;

namespace Trailgate.Archive;

/// <summary>The last manifest of a region.</summary>
/// <param name="Region">The region.</param>
/// <param name="Sequence">The manifest's sequence, from 1.</param>
/// <param name="Sha256">SHA-256 of the manifest's bytes, 64 lower-case hexadecimal digits.</param>
public readonly record struct RegionHead(Region Region, long Sequence, string Sha256);
