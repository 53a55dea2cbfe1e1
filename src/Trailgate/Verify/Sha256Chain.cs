using System.Buffers.Binary;
using Trailgate.Hashing;

namespace Trailgate.Verify;

/// <summary>
/// SHA-256 of one long message that comes piece by piece. A message alone can not be spread over the lanes of a vector, but
/// several can lie side by side in them: <see cref="Append"/> takes pieces of several chains at once. Kept and used again.
/// </summary>
internal sealed class Sha256Chain
{
    private const int BlockLength = Sha256Lanes.BlockLength;

    private readonly uint[] _state = new uint[Sha256Lanes.StateWords];

    // What does not fill a block yet.
    private readonly byte[] _tail = new byte[BlockLength];
    private int _tailLength;
    private long _length;

    public Sha256Chain() => Clear();

    /// <summary>Begins with another message.</summary>
    public void Clear()
    {
        Sha256Lanes.Start.CopyTo(_state);
        (_tailLength, _length) = (0, 0);
    }

    /// <summary>Appends to each chain its piece. It takes as long as the longest piece does.</summary>
    /// <param name="lanes">8 or 16.</param>
    /// <param name="pieces">At most one for each lane, no chain twice.</param>
    public static void Append(int lanes, ReadOnlySpan<(Sha256Chain Chain, ArraySegment<byte> Data)> pieces)
    {
        Span<uint> state = stackalloc uint[Sha256Lanes.StateWords * lanes];
        Span<byte> blocks = stackalloc byte[BlockLength * lanes];
        Span<int> counts = stackalloc int[lanes];
        var most = 0;
        for (var lane = 0; lane < pieces.Length; lane++)
        {
            counts[lane] = (pieces[lane].Chain._tailLength + pieces[lane].Data.Count) / BlockLength;
            most = Math.Max(most, counts[lane]);
            pieces[lane].Chain.Load(state, lane, lanes);
        }

        for (var block = 0; block < most; block++)
        {
            for (var lane = 0; lane < pieces.Length; lane++)
            {
                if (block < counts[lane])
                {
                    pieces[lane].Chain.CopyBlock(pieces[lane].Data, block, blocks.Slice(lane * BlockLength, BlockLength));
                }
            }

            // Behind its end a lane goes on with its last block: its state was taken.
            Sha256Lanes.Compress(lanes, state, blocks, Sha256Lanes.InOrder);
            for (var lane = 0; lane < pieces.Length; lane++)
            {
                if (counts[lane] == block + 1)
                {
                    pieces[lane].Chain.Save(state, lane, lanes);
                }
            }
        }

        for (var lane = 0; lane < pieces.Length; lane++)
        {
            pieces[lane].Chain.KeepTail(pieces[lane].Data, counts[lane]);
        }
    }

    /// <summary>The digest of all that was appended; nothing may follow.</summary>
    /// <param name="lanes">8 or 16.</param>
    public Digest Finish(int lanes)
    {
        var pad = new byte[2 * BlockLength];
        var count = Sha256Lanes.Pad(_tail.AsSpan(0, _tailLength), _length, pad);
        _tailLength = 0;
        Append(lanes, [(this, new ArraySegment<byte>(pad, 0, count * BlockLength))]);
        Span<byte> digest = stackalloc byte[Digest.ByteLength];
        for (var i = 0; i < _state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(digest[(4 * i)..], _state[i]);
        }

        return Digest.Read(digest);
    }

    private void Load(Span<uint> state, int lane, int lanes)
    {
        for (var i = 0; i < _state.Length; i++)
        {
            state[i * lanes + lane] = _state[i];
        }
    }

    private void Save(ReadOnlySpan<uint> state, int lane, int lanes)
    {
        for (var i = 0; i < _state.Length; i++)
        {
            _state[i] = state[i * lanes + lane];
        }
    }

    /// <summary>A block of the tail and the piece behind it.</summary>
    private void CopyBlock(ReadOnlySpan<byte> data, int block, Span<byte> target)
    {
        if (block == 0 && _tailLength > 0)
        {
            _tail.AsSpan(0, _tailLength).CopyTo(target);
            data[..(BlockLength - _tailLength)].CopyTo(target[_tailLength..]);
        }
        else
        {
            data.Slice(block * BlockLength - _tailLength, BlockLength).CopyTo(target);
        }
    }

    private void KeepTail(ReadOnlySpan<byte> data, int blocks)
    {
        var used = blocks * BlockLength - _tailLength;
        if (blocks == 0)
        {
            data.CopyTo(_tail.AsSpan(_tailLength));
            _tailLength += data.Length;
        }
        else
        {
            data[used..].CopyTo(_tail);
            _tailLength = data.Length - used;
        }

        _length += data.Length;
    }
}
