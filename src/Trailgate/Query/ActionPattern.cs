using System.Text;

namespace Trailgate.Query;

/// <summary>
/// A pattern over whole actions: <c>*</c> stands for any run of characters, dots included and also none; everything else
/// stands for itself, ASCII letters in either case. <c>codeengine.*.delete</c> finds <c>codeengine.job.delete</c>.
/// </summary>
public sealed class ActionPattern(string text)
{
    private readonly byte[] _pattern = Encoding.UTF8.GetBytes(text);

    /// <summary>Whether an action, as UTF-8, matches. Takes at most length of pattern times length of action steps.</summary>
    public bool Matches(ReadOnlySpan<byte> action)
    {
        int at = 0, next = 0, star = -1, taken = 0;
        while (at < action.Length)
        {
            if (next < _pattern.Length && _pattern[next] == '*')
            {
                star = next++;
                taken = at;
            }
            else if (next < _pattern.Length && Fold(_pattern[next]) == Fold(action[at]))
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

        return !_pattern.AsSpan(next).ContainsAnyExcept((byte)'*');
    }

    /// <summary>The pattern as it was given.</summary>
    public override string ToString() => text;

    private static byte Fold(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;
}
