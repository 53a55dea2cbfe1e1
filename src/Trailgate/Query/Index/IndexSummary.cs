namespace Trailgate.Query.Index;

/// <summary>What was added to an index.</summary>
/// <param name="Regions">Regions that were written.</param>
/// <param name="Manifests">Manifests that were added.</param>
/// <param name="Segments">Segments that they list.</param>
/// <param name="Files">Files that were written.</param>
/// <param name="Bytes">Bytes of those files.</param>
public readonly record struct IndexSummary(int Regions, long Manifests, long Segments, long Files, long Bytes)
{
    /// <summary>The sum of two.</summary>
    public IndexSummary Add(IndexSummary other) => new(
        Regions + other.Regions, Manifests + other.Manifests, Segments + other.Segments, Files + other.Files, Bytes + other.Bytes);

    /// <summary>One sentence for people, without its full stop.</summary>
    public override string ToString() => Files == 0
        ? "Nothing is archived"
        : $"Indexed {CountText.Of(Segments, "segment")} of {CountText.Of(Manifests, "manifest")} and {CountText.Of(Regions, "region")}: {CountText.Of(Files, "file")}, {CountText.Of(Bytes, "byte")}";
}
