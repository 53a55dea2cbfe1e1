using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Trailgate.Hashing;

/// <summary>
/// The Merkle tree of RFC 6962, section 2.1, over SHA-256: leaf = H(0x00 || data), node = H(0x01 || left || right), the
/// empty tree is H(""). Leaves are hashed side by side, and so are all nodes of a level; of each leaf its hash is kept.
/// Kept and used again.
/// </summary>
internal sealed class MerkleTree
{
    /// <summary>So many leaves are hashed together: more gain nothing, and what is hashed should still lie in the processor's cache.</summary>
    private const int GroupSize = 64;

    /// <summary>Leaves that come one by one wait for others, up to so many bytes.</summary>
    private const int MaxWaitingBytes = 128 * 1024;

    private const int HashSize = SHA256.HashSizeInBytes;
    private const byte LeafLead = 0;
    private const byte NodeLead = 1;

    private readonly Sha256Batch _sha256 = new();
    private readonly List<(int Start, int Length)> _waiting = new(GroupSize);
    private readonly List<(int Start, int Length)> _lines = new(GroupSize);
    private readonly List<(int Start, int Length)> _pairs = [];
    private byte[] _waitingBytes = [];
    private int _waitingLength;
    private byte[] _leaves = new byte[GroupSize * HashSize];
    private byte[] _nodes = [];
    private byte[] _above = [];
    private int _hashed;

    /// <summary>Leaves so far.</summary>
    public int Count => _hashed + _waiting.Count;

    /// <summary>Adds a leaf.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        if (_waiting.Count == GroupSize || (_waiting.Count > 0 && _waitingLength + data.Length > MaxWaitingBytes))
        {
            HashWaiting();
        }

        if (_waitingLength + data.Length > _waitingBytes.Length)
        {
            Array.Resize(ref _waitingBytes, Math.Max(_waitingLength + data.Length, 2 * _waitingBytes.Length));
        }

        data.CopyTo(_waitingBytes.AsSpan(_waitingLength));
        _waiting.Add((_waitingLength, data.Length));
        _waitingLength += data.Length;
    }

    /// <summary>Adds each line of a text as a leaf, without its newline.</summary>
    /// <param name="text">Lines, each with its newline.</param>
    /// <exception cref="ArgumentOutOfRangeException">The last line has none.</exception>
    public void AppendLines(ReadOnlySpan<byte> text)
    {
        HashWaiting();
        _lines.Clear();
        for (var start = 0; start < text.Length;)
        {
            var length = text[start..].IndexOf((byte)'\n');
            ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(text));
            _lines.Add((start, length));
            start += length + 1;
            if (_lines.Count == GroupSize || start == text.Length)
            {
                Hash(text, _lines);
                _lines.Clear();
            }
        }
    }

    /// <summary>Begins with another tree.</summary>
    public void Clear()
    {
        _hashed = 0;
        _waiting.Clear();
        _waitingLength = 0;
    }

    /// <summary>The root over all leaves so far, 64 lower-case hexadecimal digits. More leaves may follow.</summary>
    public string ToRoot()
    {
        HashWaiting();
        if (_hashed == 0)
        {
            return Convert.ToHexStringLower(SHA256.HashData([]));
        }

        // The last of an odd number waits for the next level: so the subtree on the left is always a complete one.
        ReadOnlySpan<byte> level = _leaves.AsSpan(0, _hashed * HashSize);
        if (_nodes.Length < level.Length)
        {
            _nodes = new byte[_leaves.Length];
            _above = new byte[_leaves.Length];
        }

        for (var count = _hashed; count > 1; count = (count + 1) / 2)
        {
            _pairs.Clear();
            for (var i = 0; i < count / 2; i++)
            {
                _pairs.Add((2 * i * HashSize, 2 * HashSize));
            }

            _sha256.Hash(level, CollectionsMarshal.AsSpan(_pairs), _above, NodeLead);
            if (count % 2 == 1)
            {
                level.Slice((count - 1) * HashSize, HashSize).CopyTo(_above.AsSpan(count / 2 * HashSize));
            }

            (_nodes, _above) = (_above, _nodes);
            level = _nodes;
        }

        return Convert.ToHexStringLower(level[..HashSize]);
    }

    /// <summary>The hash of a leaf.</summary>
    public static void Leaf(ReadOnlySpan<byte> data, Span<byte> result)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([LeafLead]);
        hash.AppendData(data);
        hash.GetHashAndReset(result);
    }

    /// <summary>The hash of a node. The result may lie where one of the others does.</summary>
    public static void Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> result)
    {
        Span<byte> data = stackalloc byte[1 + 2 * HashSize];
        data[0] = NodeLead;
        left.CopyTo(data[1..]);
        right.CopyTo(data[(1 + HashSize)..]);
        SHA256.HashData(data, result);
    }

    private void HashWaiting()
    {
        Hash(_waitingBytes, _waiting);
        _waiting.Clear();
        _waitingLength = 0;
    }

    private void Hash(ReadOnlySpan<byte> data, List<(int Start, int Length)> leaves)
    {
        var needed = (_hashed + leaves.Count) * HashSize;
        if (needed > _leaves.Length)
        {
            Array.Resize(ref _leaves, Math.Max(needed, 2 * _leaves.Length));
        }

        _sha256.Hash(data, CollectionsMarshal.AsSpan(leaves), _leaves.AsSpan(_hashed * HashSize), LeafLead);
        _hashed += leaves.Count;
    }
}
