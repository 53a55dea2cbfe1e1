using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Trailgate.Verify;

/// <summary>A SHA-256, compact: a long ledger has many of them.</summary>
internal readonly record struct Digest(UInt128 Upper, UInt128 Lower)
{
    public const int ByteLength = SHA256.HashSizeInBytes;

    public static Digest Of(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[ByteLength];
        SHA256.HashData(data, hash);
        return Read(hash);
    }

    public static Digest Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]));

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, Upper);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], Lower);
    }

    /// <summary>Reads 64 lower-case hexadecimal digits; anything else is no digest.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Digest digest)
    {
        digest = default;
        Span<byte> bytes = stackalloc byte[ByteLength];
        if (text.Length != 2 * ByteLength || text.ContainsAnyInRange('A', 'F')
            || Convert.FromHexString(text, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        digest = Read(bytes);
        return true;
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[ByteLength];
        Write(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
