using System.Text;
using Trailgate.Events;

namespace Trailgate.Normalize;

/// <summary>Maps words that sources outside CADF's taxonomy use for an outcome.</summary>
internal static class OutcomeWords
{
    public static Outcome Map(ReadOnlySpan<byte> word)
    {
        word = word.Trim((byte)' ');
        return Is(word, "success"u8) || Is(word, "succeeded"u8) || Is(word, "ok"u8) || Is(word, "allowed"u8) ? Outcome.Success
            : Is(word, "failure"u8) || Is(word, "failed"u8) || Is(word, "error"u8) || Is(word, "denied"u8) ? Outcome.Failure
            : Is(word, "pending"u8) ? Outcome.Pending
            : Outcome.Unknown;
    }

    private static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> known) => Ascii.EqualsIgnoreCase(word, known);
}
