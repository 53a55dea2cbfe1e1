using System.Text;

namespace Trailgate.Query;

/// <summary>
/// A pattern over whole actions: <c>*</c> stands for any run of characters, dots included and also none; everything else
/// stands for itself, ASCII letters in either case. <c>codeengine.*.delete</c> finds <c>codeengine.job.delete</c>.
/// </summary>
public sealed class ActionPattern
{
    private readonly string _text;
    private readonly byte[][] _patterns;

    /// <summary>One pattern.</summary>
    public ActionPattern(string text)
        : this(text, [text])
    {
    }

    private ActionPattern(string text, string[] patterns)
    {
        _text = text;
        _patterns = [.. patterns.Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>Several patterns, split by commas, of which one must match: no action has a comma.</summary>
    public static ActionPattern AnyOf(string text) => new(text, text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Whether an action, as UTF-8, matches. Takes at most length of pattern times length of action steps.</summary>
    public bool Matches(ReadOnlySpan<byte> action)
    {
        foreach (var pattern in _patterns)
        {
            if (Matches(pattern, action))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The pattern as it was given.</summary>
    public override string ToString() => _text;

    private static bool Matches(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> action)
    {
        int at = 0, next = 0, star = -1, taken = 0;
        while (at < action.Length)
        {
            if (next < pattern.Length && pattern[next] == '*')
            {
                star = next++;
                taken = at;
            }
            else if (next < pattern.Length && Fold(pattern[next]) == Fold(action[at]))
            {
                next++;
                at++;
            }
            else if (star >= 0)
            {
                // The last star takes one character more; earlier ones need never change.
                next = star + 1;
                at = ++taken;
            }
            else
            {
                return false;
            }
        }

        return !pattern[next..].ContainsAnyExcept((byte)'*');
    }

    private static byte Fold(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;
}
