using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Trailgate.Tests.Ingest;

/// <summary>Bodies as senders make them.</summary>
internal static class Bodies
{
    private static int _number;

    /// <summary>Gzip of nothing, by RFC 1952 and RFC 1951: a header, one final empty block with fixed codes, sum and length 0.</summary>
    public static byte[] EmptyMember { get; } = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF, 0x03, 0x00, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>An event that no other test sends, on one line.</summary>
    public static string Event(string verb = "read", string region = "eu-de", string more = "") =>
        $$"""{"action":"codeengine.application.{{verb}}","outcome":"success","eventTime":"2026-11-22T05:54:00.12+0000","correlationId":"c{{Interlocked.Increment(ref _number).ToString(CultureInfo.InvariantCulture)}}","logSourceCRN":"crn:v1:bluemix:public:codeengine:{{region}}:a/0123456789abcdef0123456789abcdef:::"{{more}}}""";

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static string Lines(int count, string newline = "\n") => string.Concat(Enumerable.Range(0, count).Select(_ => Event() + newline));

    public static string Array(int count) => "[" + string.Join(',', Enumerable.Range(0, count).Select(_ => Event())) + "]";

    public static byte[] Gzip(string text) => Gzip(Utf8(text));

    public static byte[] Gzip(ReadOnlySpan<byte> bytes, CompressionLevel level = CompressionLevel.Optimal)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, level, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return memory.ToArray();
    }

    /// <summary>Repeats a piece until the stream has inflated or compressed bytes enough.</summary>
    public static byte[] GzipRepeated(string piece, Func<long, long, bool> enough)
    {
        var block = Utf8(string.Concat(Enumerable.Repeat(piece, 64 * 1024 / piece.Length)));
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (long inflated = 0; !enough(memory.Length, inflated); inflated += block.Length)
            {
                gzip.Write(block);
            }
        }

        return memory.ToArray();
    }

    /// <summary>The text, with blanks behind it up to the length: still the same JSON.</summary>
    public static byte[] Padded(string text, int length)
    {
        var bytes = new byte[length];
        bytes.AsSpan().Fill((byte)' ');
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }

    /// <summary>A copy with some bits of one byte turned over.</summary>
    public static byte[] Flip(byte[] bytes, Index at, byte mask)
    {
        var copy = bytes.ToArray();
        copy[at] ^= mask;
        return copy;
    }
}
