using System.IO.Compression;
using System.Text;

namespace Trailgate.Query.Index;

/// <summary>Reads what <see cref="BlockWriter"/> wrote. What can not be so is an <see cref="InvalidDataException"/>.</summary>
internal ref struct BlockReader(ReadOnlySpan<byte> bytes)
{
    /// <summary>Deflate makes at most so many bytes of one.</summary>
    private const int MaxRatio = 1032;

    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>Inflates what <see cref="BlockWriter.Deflate"/> wrote.</summary>
    public static byte[] Inflate(ReadOnlyMemory<byte> stored)
    {
        var reader = new BlockReader(stored.Span);
        var length = reader.Number();
        var deflated = stored[^reader._rest.Length..];
        if (length > (ulong)deflated.Length * MaxRatio)
        {
            throw new InvalidDataException("No block inflates so much.");
        }

        var bytes = new byte[length];
        using var inflate = new DeflateStream(new MemoryStream(deflated.ToArray()), CompressionMode.Decompress);
        if (inflate.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw new InvalidDataException("The block is cut off.");
        }

        return bytes;
    }

    public ulong Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Raw(1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("The number has no end.");
    }

    /// <summary>A number from 0 to a limit.</summary>
    public long Number(long limit) => Number() is var value && value <= (ulong)limit ? (long)value : throw new InvalidDataException("The number is too large.");

    public string Text() => Encoding.UTF8.GetString(Raw(Number(int.MaxValue)));

    public ReadOnlySpan<byte> Raw(long length)
    {
        if (length > _rest.Length)
        {
            throw new InvalidDataException("The block is cut off.");
        }

        var raw = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return raw;
    }
}
