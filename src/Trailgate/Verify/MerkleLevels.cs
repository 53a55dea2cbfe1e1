using System.Security.Cryptography;
using Trailgate.Hashing;

namespace Trailgate.Verify;

/// <summary>
/// The Merkle tree of RFC 6962, section 2.1, from leaf hashes that come many at a time. Each level keeps at most one node
/// that waits for its neighbour; all pairs of a level are hashed together. Kept and used again.
/// </summary>
internal sealed class MerkleLevels(Sha256Batch sha256)
{
    /// <summary>The byte before what a leaf is the hash of.</summary>
    public const byte LeafLead = 0;

    private const byte NodeLead = 1;
    private const int PairLength = 2 * Sha256Batch.DigestLength;

    private readonly List<byte[]> _waiting = [];
    private readonly List<bool> _waits = [];
    private byte[] _nodes = [];
    private byte[] _messages = [];
    private (int Start, int Length)[] _places = [];

    /// <summary>Begins with another tree.</summary>
    public void Clear()
    {
        for (var level = 0; level < _waits.Count; level++)
        {
            _waits[level] = false;
        }
    }

    /// <summary>Adds leaf hashes, 32 bytes each.</summary>
    public void Append(ReadOnlySpan<byte> leaves)
    {
        EnsureRoom(leaves.Length);
        leaves.CopyTo(_nodes);
        var count = leaves.Length / Sha256Batch.DigestLength;
        for (var level = 0; count > 0; level++)
        {
            count = Combine(level, count);
        }
    }

    /// <summary>The root over all leaves.</summary>
    public Digest ToRoot()
    {
        Span<byte> root = stackalloc byte[Sha256Batch.DigestLength];
        Span<byte> message = stackalloc byte[1 + PairLength];
        message[0] = NodeLead;
        var isEmpty = true;
        for (var level = 0; level < _waits.Count; level++)
        {
            if (!_waits[level])
            {
                continue;
            }

            if (isEmpty)
            {
                _waiting[level].CopyTo(root);
                isEmpty = false;
                continue;
            }

            _waiting[level].CopyTo(message[1..]);
            root.CopyTo(message[(1 + Sha256Batch.DigestLength)..]);
            SHA256.HashData(message, root);
        }

        if (isEmpty)
        {
            SHA256.HashData([], root);
        }

        return Digest.Read(root);
    }

    /// <summary>Takes nodes of a level; what they become on the next one stands in their place.</summary>
    private int Combine(int level, int count)
    {
        if (level == _waits.Count)
        {
            _waits.Add(false);
            _waiting.Add(new byte[Sha256Batch.DigestLength]);
        }

        const int Size = Sha256Batch.DigestLength;
        var waits = _waits[level];
        var pairs = (count + (waits ? 1 : 0)) / 2;
        var next = 0;
        for (var pair = 0; pair < pairs; pair++)
        {
            var message = _messages.AsSpan(pair * PairLength, PairLength);
            if (pair == 0 && waits)
            {
                _waiting[level].CopyTo(message);
            }
            else
            {
                _nodes.AsSpan(next++ * Size, Size).CopyTo(message);
            }

            _nodes.AsSpan(next++ * Size, Size).CopyTo(message[Size..]);
            _places[pair] = (pair * PairLength, PairLength);
        }

        if (next < count)
        {
            _nodes.AsSpan(next * Size, Size).CopyTo(_waiting[level]);
        }

        _waits[level] = next < count || (waits && pairs == 0);
        sha256.Hash(_messages, _places.AsSpan(0, pairs), _nodes, NodeLead);
        return pairs;
    }

    private void EnsureRoom(int bytes)
    {
        if (_nodes.Length < bytes)
        {
            var count = 2 * bytes / Sha256Batch.DigestLength;
            _nodes = new byte[2 * bytes];
            _messages = new byte[(count + 1) * PairLength];
            _places = new (int, int)[count + 1];
        }
    }
}
