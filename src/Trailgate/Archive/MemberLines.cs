using System.Buffers;

namespace Trailgate.Archive;

/// <summary>The lines of one member of a segment side by side, so that they are hashed and compressed at once.</summary>
internal sealed class MemberLines(int memberBytes) : IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(memberBytes);
    private int _length;

    /// <summary>The lines with their newlines.</summary>
    public ReadOnlyMemory<byte> Text => _bytes.AsMemory(0, _length);

    /// <summary>Takes as many lines as a member may have, at least one, in place of those before.</summary>
    /// <param name="events">The events.</param>
    /// <param name="next">The first to take.</param>
    /// <returns>The first that was not taken.</returns>
    public int Fill(List<ArchiveEvent> events, int next)
    {
        _length = 0;
        do
        {
            var line = events[next].Line.Span;
            EnsureRoom(line.Length + 1);
            line.CopyTo(_bytes.AsSpan(_length));
            _length += line.Length + 1;
            _bytes[_length - 1] = (byte)'\n';
            next++;
        }
        while (next < events.Count && _length + events[next].Line.Length + 1 <= memberBytes);

        return next;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);

    // One line may be longer than a member.
    private void EnsureRoom(int needed)
    {
        if (needed > _bytes.Length - _length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_length + needed);
            _bytes.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }
    }
}
