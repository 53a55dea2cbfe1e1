using Trailgate.Storage;

namespace Trailgate.Query.Views;

/// <summary>Names a view, in an address and in the store: 1 to 40 lower-case ASCII letters, digits and hyphens.</summary>
public readonly record struct ViewName
{
    private const int MaxLength = 40;
    private const string Suffix = ".json";

    private static readonly System.Buffers.SearchValues<char> Allowed =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private readonly string _text;

    private ViewName(string text) => _text = text;

    internal BlobName Blob => new(Containers.Views, _text + Suffix);

    /// <summary>Reads a name; nothing is folded or trimmed.</summary>
    public static bool TryParse(string? text, out ViewName name)
    {
        name = default;
        if (text is not { Length: > 0 and <= MaxLength } || text.AsSpan().ContainsAnyExcept(Allowed))
        {
            return false;
        }

        name = new ViewName(text);
        return true;
    }

    internal static bool TryParse(BlobName blob, out ViewName name)
    {
        name = default;
        return blob.Path.EndsWith(Suffix, StringComparison.Ordinal) && TryParse(blob.Path[..^Suffix.Length], out name);
    }

    /// <summary>The name.</summary>
    public override string ToString() => _text;
}
