using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Trailgate.Alerts.Rules;

/// <summary>
/// Names a member of a normalized event: its names split by dots, or a JSON pointer (RFC 6901) where a name itself holds a
/// dot. Lists on the way are looked through: each of their elements counts. <c>kind</c> and <c>region</c> stand for the
/// members of those names under <c>trailgate</c>.
/// </summary>
internal sealed class FieldPath
{
    public const int MaxSegments = 16;
    public const int MaxLength = 512;

    /// <summary>What the source's project is called in conditions and groups. No member has it: see <see cref="EventFields"/>.</summary>
    public const string Project = "project";

    private readonly string _text;

    private FieldPath(string text, IReadOnlyList<byte[]> segments)
    {
        _text = text;
        Segments = segments;
    }

    public IReadOnlyList<byte[]> Segments { get; }

    public static bool TryParse(string text, [NotNullWhen(true)] out FieldPath? path, [NotNullWhen(false)] out string? fault)
    {
        path = null;
        fault = null;
        if (text.Length is 0 or > MaxLength)
        {
            fault = $"a field has 1 to {MaxLength} characters.";
            return false;
        }

        if (text[0] == '/' && InvalidEscape(text))
        {
            fault = "in a JSON pointer ~ is written ~0 and / is written ~1.";
            return false;
        }

        var names = text[0] == '/'
            ? text[1..].Split('/').Select(static name => name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToArray()
            : text.Split('.');
        if (names.Length > MaxSegments)
        {
            fault = $"a field has at most {MaxSegments} names.";
            return false;
        }

        if (text[0] != '/' && names.Any(static name => name.Length == 0))
        {
            fault = "a name between two dots is empty; begin the field with / to write a JSON pointer.";
            return false;
        }

        path = new FieldPath(text, [.. (text is "kind" or "region" ? ["trailgate", text] : names).Select(Encoding.UTF8.GetBytes)]);
        return true;
    }

    /// <summary>As it was written.</summary>
    public override string ToString() => _text;

    /// <summary>Whether the members are these.</summary>
    public bool Is(params ReadOnlySpan<string> names)
    {
        if (names.Length != Segments.Count)
        {
            return false;
        }

        for (var i = 0; i < names.Length; i++)
        {
            if (!Segments[i].AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(names[i])))
            {
                return false;
            }
        }

        return true;
    }

    private static bool InvalidEscape(string text)
    {
        for (var i = text.IndexOf('~', StringComparison.Ordinal); i >= 0; i = text.IndexOf('~', i + 1))
        {
            if (i + 1 == text.Length || text[i + 1] is not ('0' or '1'))
            {
                return true;
            }
        }

        return false;
    }
}
