using System.Text;

namespace Trailgate.Query;

/// <summary>
/// What target.id must be. Equal text always matches. A CRN also finds everything below it: its empty trailing segments
/// are dropped, and ids that go on with a colon match, so the CRN of a project finds the project and all that is in it,
/// and never another project whose name only begins alike.
/// </summary>
public sealed class TargetFilter
{
    private readonly byte[] _exact;
    private readonly byte[]? _below;

    /// <summary>A filter for the given id or CRN.</summary>
    public TargetFilter(string text)
    {
        _exact = Encoding.UTF8.GetBytes(text);
        var stem = text.TrimEnd(':');
        Needle = text;
        if (text.StartsWith("crn:", StringComparison.Ordinal) && stem.Length > "crn:".Length)
        {
            _below = Encoding.UTF8.GetBytes(stem + ":");
            Needle = stem;
        }
    }

    /// <summary>What every matching id contains.</summary>
    internal string Needle { get; }

    /// <summary>Whether an id, as UTF-8, matches.</summary>
    public bool Matches(ReadOnlySpan<byte> id) =>
        id.SequenceEqual(_exact) || (_below is not null && (id.StartsWith(_below) || id.SequenceEqual(_below.AsSpan(..^1))));
}
