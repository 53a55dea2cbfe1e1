namespace Trailgate.Normalize;

/// <summary>
/// The text that IBM Cloud Code Engine puts in the place of a body that would make an event longer than 16 K. Trailgate
/// uses the same text for bodies that give way to its own limit, so that readers need to know only one.
/// </summary>
internal static class OmittedBody
{
    public static ReadOnlySpan<byte> Sentence => "Information about the action is not included for performance and size reasons."u8;

    public static bool IsSentence(ReadOnlySpan<byte> text) => text.Trim((byte)' ').SequenceEqual(Sentence);
}
