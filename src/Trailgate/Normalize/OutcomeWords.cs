using System.Text;
using Trailgate.Events;

namespace Trailgate.Normalize;

/// <summary>
/// Maps words that sources outside CADF's taxonomy use for an outcome. CADF lets a word of its taxonomy be refined by a
/// path (<c>failure/timeout</c>): the first part tells.
/// </summary>
internal static class OutcomeWords
{
    public static Outcome Map(ReadOnlySpan<byte> word)
    {
        var slash = word.IndexOf((byte)'/');
        word = (slash < 0 ? word : word[..slash]).Trim((byte)' ');
        return Is(word, "success"u8) || Is(word, "succeeded"u8) || Is(word, "successful"u8) || Is(word, "ok"u8) || Is(word, "allowed"u8) ? Outcome.Success
            : Is(word, "failure"u8) || Is(word, "failed"u8) || Is(word, "fail"u8) || Is(word, "unsuccessful"u8) || Is(word, "rejected"u8) || Is(word, "error"u8) || Is(word, "denied"u8) ? Outcome.Failure
            : Is(word, "pending"u8) ? Outcome.Pending
            : Outcome.Unknown;
    }

    private static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> known) => Ascii.EqualsIgnoreCase(word, known);
}
