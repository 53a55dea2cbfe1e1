using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Trailgate.Hashing;

/// <summary>
/// SHA-256 of many short messages at once. A call of the platform's costs as much as hashing 1,500 bytes, and an archive
/// takes two hashes an event and one a node of its tree; here eight or sixteen messages go through the rounds side by side
/// (<see cref="Sha256Lanes"/>). Where the processor has no such vectors it is the platform's. Kept and used again.
/// </summary>
internal sealed class Sha256Batch
{
    public const int DigestLength = SHA256.HashSizeInBytes;

    private const int BlockLength = Sha256Lanes.BlockLength;
    private const int PadLength = 2 * BlockLength;

    private readonly int _lanes;
    private readonly byte[] _pads;
    private readonly byte[] _blocks;
    private readonly uint[] _state;
    private readonly int[] _starts;
    private readonly int[] _full;
    private readonly int[] _count;
    private int[] _lengths = [];
    private int[] _order = [];

    /// <summary>As many lanes as the processor has.</summary>
    public Sha256Batch()
        : this(Sha256Lanes.Most)
    {
    }

    /// <summary>For tests: with fewer.</summary>
    /// <param name="lanes">16, 8, or 0 for the platform's hash.</param>
    internal Sha256Batch(int lanes)
    {
        _lanes = lanes;
        _pads = new byte[lanes * PadLength];
        _blocks = new byte[lanes * BlockLength];
        _state = new uint[lanes * Sha256Lanes.StateWords];
        _starts = new int[lanes];
        _full = new int[lanes];
        _count = new int[lanes];
    }

    /// <summary>Hashes messages that lie in one buffer.</summary>
    /// <param name="data">The buffer.</param>
    /// <param name="messages">Where each lies.</param>
    /// <param name="digests">32 bytes for each, in the same order.</param>
    /// <param name="lead">A byte that goes before each message and need not lie there, as for the leaves of a Merkle tree; null for none.</param>
    public void Hash(ReadOnlySpan<byte> data, ReadOnlySpan<(int Start, int Length)> messages, Span<byte> digests, byte? lead = null)
    {
        if (_lanes == 0)
        {
            HashOneByOne(data, messages, digests, lead);
            return;
        }

        // All go through as many blocks as the longest of them has, so they are taken by length.
        Sort(messages);
        for (var next = 0; next < messages.Length; next += _lanes)
        {
            HashLanes(data, messages, _order.AsSpan(next, Math.Min(_lanes, messages.Length - next)), digests, lead);
        }
    }

    private static void HashOneByOne(ReadOnlySpan<byte> data, ReadOnlySpan<(int Start, int Length)> messages, Span<byte> digests, byte? lead)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < messages.Length; i++)
        {
            if (lead is { } first)
            {
                hash.AppendData([first]);
            }

            hash.AppendData(data.Slice(messages[i].Start, messages[i].Length));
            hash.GetHashAndReset(digests.Slice(i * DigestLength, DigestLength));
        }
    }

    private void Sort(ReadOnlySpan<(int Start, int Length)> messages)
    {
        if (_order.Length < messages.Length)
        {
            _order = new int[messages.Length * 2];
            _lengths = new int[messages.Length * 2];
        }

        var isSorted = true;
        for (var i = 0; i < messages.Length; i++)
        {
            _order[i] = i;
            _lengths[i] = messages[i].Length;
            isSorted &= i == 0 || _lengths[i] >= _lengths[i - 1];
        }

        if (!isSorted)
        {
            Array.Sort(_lengths, _order, 0, messages.Length);
        }
    }

    private void HashLanes(
        ReadOnlySpan<byte> data, ReadOnlySpan<(int Start, int Length)> messages, ReadOnlySpan<int> order, Span<byte> digests, byte? lead)
    {
        Span<byte> rest = stackalloc byte[BlockLength];
        var (least, most, ahead) = (int.MaxValue, 0, lead is null ? 0 : 1);
        for (var lane = 0; lane < order.Length; lane++)
        {
            var (start, length) = messages[order[lane]];
            var total = length + ahead;
            _full[lane] = total / BlockLength;
            var left = rest[..(total % BlockLength)];
            Copy(data.Slice(start, length), lead, _full[lane] * BlockLength, left);
            _count[lane] = _full[lane] + Sha256Lanes.Pad(left, total, _pads.AsSpan(lane * PadLength, PadLength));
            (least, most) = (Math.Min(least, _full[lane]), Math.Max(most, _count[lane]));
        }

        for (var i = 0; i < Sha256Lanes.StateWords; i++)
        {
            _state.AsSpan(i * _lanes, _lanes).Fill(Sha256Lanes.Start[i]);
        }

        for (var block = 0; block < most; block++)
        {
            if (block < least && block >= ahead)
            {
                CompressInPlace(data, messages, order, block * BlockLength - ahead);
                continue;
            }

            for (var lane = 0; lane < order.Length; lane++)
            {
                // Behind its end a lane goes on with its last block: its digest was taken.
                var input = _blocks.AsSpan(lane * BlockLength, BlockLength);
                if (block < _full[lane])
                {
                    var (start, length) = messages[order[lane]];
                    Copy(data.Slice(start, length), lead, block * BlockLength, input);
                }
                else if (block < _count[lane])
                {
                    _pads.AsSpan(lane * PadLength + (block - _full[lane]) * BlockLength, BlockLength).CopyTo(input);
                }
            }

            Sha256Lanes.Compress(_lanes, _state, _blocks, Sha256Lanes.InOrder);
            for (var lane = 0; lane < order.Length; lane++)
            {
                if (_count[lane] == block + 1)
                {
                    WriteDigest(lane, digests[(order[lane] * DigestLength)..]);
                }
            }
        }
    }

    // Where every lane has a block of its message alone, they are taken from where they lie.
    private void CompressInPlace(ReadOnlySpan<byte> data, ReadOnlySpan<(int Start, int Length)> messages, ReadOnlySpan<int> order, int offset)
    {
        for (var lane = 0; lane < _lanes; lane++)
        {
            // A lane without a message goes along with the first; nobody takes its digest.
            _starts[lane] = messages[order[lane < order.Length ? lane : 0]].Start + offset;
        }

        Sha256Lanes.Compress(_lanes, _state, data, _starts);
    }

    // A part of a message with its lead.
    private static void Copy(ReadOnlySpan<byte> message, byte? lead, int from, Span<byte> to)
    {
        if (lead is not { } first)
        {
            message.Slice(from, to.Length).CopyTo(to);
        }
        else if (from > 0)
        {
            message.Slice(from - 1, to.Length).CopyTo(to);
        }
        else if (!to.IsEmpty)
        {
            to[0] = first;
            message[..(to.Length - 1)].CopyTo(to[1..]);
        }
    }

    private void WriteDigest(int lane, Span<byte> digest)
    {
        for (var i = 0; i < Sha256Lanes.StateWords; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(digest[(4 * i)..], _state[i * _lanes + lane]);
        }
    }
}
