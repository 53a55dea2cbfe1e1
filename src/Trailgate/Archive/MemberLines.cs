using System.Buffers;
using System.Runtime.InteropServices;

namespace Trailgate.Archive;

/// <summary>The lines of one member of a segment side by side, so that they are hashed and compressed at once.</summary>
internal sealed class MemberLines(int memberBytes) : IDisposable
{
    // A byte before each line: the newline of the one before it, or the zero of a leaf of the Merkle tree.
    private readonly List<(int Start, int Length)> _leaves = [];
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(memberBytes + 1);
    private int _length;

    /// <summary>The lines with their newlines.</summary>
    public ReadOnlyMemory<byte> Text => _bytes.AsMemory(1, _length - 1);

    /// <summary>Takes as many lines as a member may have, at least one, in place of those before.</summary>
    /// <param name="events">The events.</param>
    /// <param name="next">The first to take.</param>
    /// <returns>The first that was not taken.</returns>
    public int Fill(List<ArchiveEvent> events, int next)
    {
        _leaves.Clear();
        _length = 1;
        do
        {
            var line = events[next].Line.Span;
            EnsureRoom(line.Length + 1);
            line.CopyTo(_bytes.AsSpan(_length));
            _leaves.Add((_length - 1, line.Length + 1));
            _length += line.Length + 1;
            _bytes[_length - 1] = (byte)'\n';
            next++;
        }
        while (next < events.Count && _length - 1 + events[next].Line.Length + 1 <= memberBytes);

        return next;
    }

    /// <summary>Adds each line as a leaf.</summary>
    public void AppendTo(MerkleTree tree)
    {
        SetBytesBefore(0);
        tree.Append(_bytes, CollectionsMarshal.AsSpan(_leaves));
        SetBytesBefore((byte)'\n');
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);

    private void SetBytesBefore(byte value)
    {
        foreach (var (start, _) in _leaves)
        {
            _bytes[start] = value;
        }
    }

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
