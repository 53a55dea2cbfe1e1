using System.Buffers.Text;

namespace Trailgate.Normalize;

/// <summary>
/// Texts that hold JSON in Base64, as Kubernetes and many APIs carry configurations. The first two characters give an
/// object or array away, so that other texts cost next to nothing.
/// </summary>
internal static class Base64Json
{
    private const int MinLength = 12;

    /// <summary>Whether a text begins like the Base64 of <c>{</c> or <c>[</c> (RFC 4648, section 4) and has a fitting length.</summary>
    public static bool MayBe(ReadOnlySpan<byte> text) =>
        text.Length >= MinLength && text.Length % 4 == 0
        && text[0] is (byte)'e' or (byte)'W'
        && text[1] is (>= (byte)'w' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'+' or (byte)'/';

    /// <summary>What the text holds, or null when it is no Base64.</summary>
    public static byte[]? Decode(ReadOnlySpan<byte> text)
    {
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return Base64.DecodeFromUtf8(text, bytes, out _, out var written) == System.Buffers.OperationStatus.Done ? bytes[..written] : null;
    }

    /// <summary>Appends bytes in Base64.</summary>
    public static void Append(ReadOnlySpan<byte> bytes, ByteBuffer output)
    {
        Base64.EncodeToUtf8(bytes, output.GetSpan(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out var written);
        output.Advance(written);
    }
}
