using System.Buffers;
using System.IO.Compression;

namespace Trailgate.Query.Index;

/// <summary>Writes a block of an index file: numbers in as few bytes as they need (LEB128), texts behind their length.</summary>
internal sealed class BlockWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public void Number(ulong value)
    {
        var bytes = _bytes.GetSpan(10);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            bytes[length++] = (byte)(value | 0x80);
        }

        bytes[length++] = (byte)value;
        _bytes.Advance(length);
    }

    public void Number(long value) => Number((ulong)value);

    public void Text(ReadOnlySpan<byte> utf8)
    {
        Number(utf8.Length);
        _bytes.Write(utf8);
    }

    public void Text(string text) => Text(System.Text.Encoding.UTF8.GetBytes(text));

    public void Raw(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    /// <summary>What was written, deflated behind its length.</summary>
    /// <param name="strategy">
    /// <see cref="ZLibCompressionStrategy.HuffmanOnly"/> for what hardly repeats, such as a small number of each event: a match
    /// of a few bytes takes more than the bytes themselves.
    /// </param>
    public byte[] Deflate(ZLibCompressionStrategy strategy = ZLibCompressionStrategy.Default)
    {
        using var stored = new MemoryStream();
        var length = new BlockWriter();
        length.Number(_bytes.WrittenCount);
        stored.Write(length._bytes.WrittenSpan);
        var options = new ZLibCompressionOptions { CompressionLevel = 9, CompressionStrategy = strategy };
        using (var deflate = new DeflateStream(stored, options))
        {
            deflate.Write(_bytes.WrittenSpan);
        }

        return stored.ToArray();
    }
}
