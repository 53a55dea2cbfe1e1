using System.Runtime.CompilerServices;

namespace Trailgate.Normalize;

/// <summary>
/// Bytes that grow. One belongs to one normalizer and is used again for every event, so that the hot path allocates
/// nothing; not safe for several threads.
/// </summary>
internal sealed class ByteBuffer(int capacity = 4096)
{
    /// <summary>A buffer that one huge event has blown up is not kept.</summary>
    private const int KeptCapacity = 1024 * 1024;

    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public ReadOnlySpan<byte> Slice(int start, int length) => _bytes.AsSpan(start, length);

    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > KeptCapacity)
        {
            _bytes = new byte[capacity];
        }
    }

    public void Truncate(int length) => Length = length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(byte value)
    {
        if (Length == _bytes.Length)
        {
            Grow(1);
        }

        _bytes[Length++] = value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(ReadOnlySpan<byte> value)
    {
        if (value.Length > _bytes.Length - Length)
        {
            Grow(value.Length);
        }

        value.CopyTo(_bytes.AsSpan(Length));
        Length += value.Length;
    }

    /// <summary>Room for at least <paramref name="size"/> bytes; <see cref="Advance"/> tells how many were used.</summary>
    public Span<byte> GetSpan(int size)
    {
        if (size > _bytes.Length - Length)
        {
            Grow(size);
        }

        return _bytes.AsSpan(Length);
    }

    public void Advance(int count) => Length += count;

    public void AppendNumber(long value)
    {
        value.TryFormat(GetSpan(20), out var written, provider: null);
        Length += written;
    }

    private void Grow(int needed) =>
        Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max((long)_bytes.Length * 2, (long)Length + needed)));
}
