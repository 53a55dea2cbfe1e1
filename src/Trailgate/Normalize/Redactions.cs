using System.Security.Cryptography;

namespace Trailgate.Normalize;

/// <summary>
/// What was redacted in one event: JSON pointers (RFC 6901) into the stored event, and a keyed pseudonym of each value
/// when a key is set, so that two equal secrets can be seen as equal and nobody can try out guesses without the key.
/// </summary>
internal sealed class Redactions(byte[]? key)
{
    /// <summary>How many entries an event lists; the count goes on.</summary>
    public const int MaxListed = 16;

    /// <summary>A pointer is cut here: names can be megabytes long, and each entry would hold them all once more.</summary>
    private const int MaxPointerBytes = 4096;

    private readonly ByteBuffer _pointers = new(1024);
    private readonly (int Start, int Length)[] _listed = new (int, int)[MaxListed];
    private readonly byte[] _pseudonyms = new byte[MaxListed * HMACSHA256.HashSizeInBytes];

    /// <summary>What stands in the place of a secret.</summary>
    public static ReadOnlySpan<byte> Replacement => "[redacted]"u8;

    public int Count { get; private set; }

    /// <summary>The length of the longest pointer that is listed, in bytes.</summary>
    public int LongestPointer
    {
        get
        {
            var longest = 0;
            for (var i = 0; i < Math.Min(Count, MaxListed); i++)
            {
                longest = Math.Max(longest, _listed[i].Length);
            }

            return longest;
        }
    }

    public void Clear()
    {
        Count = 0;
        _pointers.Clear();
    }

    /// <summary>Begins an entry: the pointer is appended to the returned buffer, then <see cref="Complete"/>.</summary>
    public ByteBuffer? Begin() => Count < MaxListed ? _pointers : null;

    /// <summary>Ends an entry, listed or only counted.</summary>
    public void Complete(ReadOnlySpan<byte> secret)
    {
        if (Count < MaxListed)
        {
            var start = Count == 0 ? 0 : _listed[Count - 1].Start + _listed[Count - 1].Length;
            var length = JsonStrings.CutAt(_pointers.Slice(start, _pointers.Length - start), MaxPointerBytes);
            _pointers.Truncate(start + length);
            _listed[Count] = (start, length);
            if (key is not null)
            {
                HMACSHA256.HashData(key, secret, _pseudonyms.AsSpan(Count * HMACSHA256.HashSizeInBytes));
            }
        }

        Count++;
    }

    /// <summary>Goes back to an earlier count, when what was copied is thrown away.</summary>
    public void Rewind(int count)
    {
        Count = count;
        var listed = Math.Min(count, MaxListed);
        _pointers.Truncate(listed == 0 ? 0 : _listed[listed - 1].Start + _listed[listed - 1].Length);
    }

    /// <summary>Writes <c>,"redacted":[...]</c> and, beyond the listed ones, <c>,"redactedCount":n</c>; nothing when there are none.</summary>
    public void WriteTo(ByteBuffer output, int maxPointerBytes)
    {
        if (Count == 0)
        {
            return;
        }

        output.Append(",\"redacted\":["u8);
        for (var i = 0; i < Math.Min(Count, MaxListed); i++)
        {
            output.Append(i == 0 ? "{\"pointer\":\""u8 : ",{\"pointer\":\""u8);
            var pointer = _pointers.Slice(_listed[i].Start, _listed[i].Length);
            output.Append(pointer[..JsonStrings.CutAt(pointer, maxPointerBytes)]);
            if (key is not null)
            {
                output.Append("\",\"hmac\":\""u8);
                var pseudonym = _pseudonyms.AsSpan(i * HMACSHA256.HashSizeInBytes, HMACSHA256.HashSizeInBytes);
                Convert.TryToHexStringLower(pseudonym, output.GetSpan(64), out var written);
                output.Advance(written);
            }

            output.Append("\"}"u8);
        }

        output.Append((byte)']');
        if (Count > MaxListed)
        {
            output.Append(",\"redactedCount\":"u8);
            output.AppendNumber(Count);
        }
    }
}
