using System.Runtime.InteropServices;
using Trailgate.Events;
using Trailgate.Hashing;

namespace Trailgate.Verify;

/// <summary>
/// Reads a segment from its stored bytes up: members, lines, hashes, the order, the place and the id of each event.
/// One for each segment that is read at the same time; kept and used again.
/// </summary>
internal sealed class SegmentReader : IDisposable
{
    /// <summary>Far more than a plan can bring together. Ids are held for the whole segment.</summary>
    public const long MaxBytes = 1024L * 1024 * 1024;

    private readonly MemberReader _members = new();
    private readonly EventContent _content = new();
    private readonly SegmentHash _hash;
    private readonly SegmentReading _reading = new();
    private readonly OverflowIds _overflows;
    private readonly Sha256Batch _sha256 = new();
    private readonly MerkleLevels _tree;

    // Of one member: where its lines lie, and the contents of its events with the ids that they state.
    private readonly List<(int Start, int Length)> _leaves = [];
    private readonly List<(int Start, int Length)> _contents = [];
    private readonly List<(EventId Id, long Line)> _stated = [];
    private byte[] _arena = [];
    private byte[] _digests = [];
    private int _arenaLength;
    private SegmentPath _place;
    private EventTime _lastTime;
    private EventId _lastId;

    public SegmentReader(OverflowIds overflows, HashPool hashes)
    {
        _overflows = overflows;
        _hash = new SegmentHash(hashes);
        _tree = new MerkleLevels(_sha256);
    }

    /// <summary>Reads all of it, a segment that the pool of hashes expects. The result is valid until the next call.</summary>
    /// <param name="stream">The stored bytes; stays the caller's.</param>
    /// <param name="place">What its path says.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async ValueTask<SegmentReading> ReadAsync(Stream stream, SegmentPath place, CancellationToken cancellationToken)
    {
        _reading.Clear();
        _tree.Clear();
        _place = place;
        (_lastTime, _lastId) = (default, default);
        _members.Open(stream);
        _hash.Open();
        try
        {
            var fault = await ReadMembersAsync(cancellationToken);
            if (fault != MemberFault.End)
            {
                _reading.Fault = fault;
                _reading.FaultMember = _members.Number;
            }

            while (await _members.SkipAsync(cancellationToken))
            {
                await _hash.AppendAsync(_members.Stored, [], cancellationToken);
            }

            (_reading.Stored, _reading.LinesDigest) = _hash.Finish();
        }
        finally
        {
            _hash.Close();
        }

        _reading.StoredBytes = _members.StoredBytes;
        _reading.MerkleRoot = _tree.ToRoot();
        return _reading;
    }

    public void Dispose()
    {
        _members.Dispose();
        _hash.Dispose();
    }

    private async ValueTask<MemberFault?> ReadMembersAsync(CancellationToken cancellationToken)
    {
        MemberFault? fault;
        while ((fault = await _members.ReadAsync(cancellationToken)) is null)
        {
            await _hash.AppendAsync(_members.Stored, _members.Lines, cancellationToken);
            fault = ReadLines();
            if (fault is not null)
            {
                break;
            }
        }

        return fault;
    }

    private MemberFault? ReadLines()
    {
        ReadOnlySpan<byte> lines = _members.Lines;
        _reading.UncompressedBytes += lines.Length;
        if (_reading.UncompressedBytes > MaxBytes)
        {
            return new MemberFault(MemberFaultKind.Corrupt, _members.Offset, $"the segment holds more than {MaxBytes} bytes of lines");
        }

        if (lines.Length == 0 || lines[^1] != '\n')
        {
            return new MemberFault(MemberFaultKind.Corrupt, _members.Offset, "the member does not end with a whole line");
        }

        _leaves.Clear();
        _contents.Clear();
        _stated.Clear();
        _arenaLength = 0;
        for (var start = 0; start < lines.Length;)
        {
            var length = lines[start..].IndexOf((byte)'\n');
            _leaves.Add((start, length));
            ReadLine(lines.Slice(start, length));
            start += length + 1;
        }

        _tree.Append(Hash(lines, _leaves, MerkleLevels.LeafLead));
        CheckIds();
        return null;
    }

    private void CheckIds()
    {
        var digests = Hash(_arena, _contents);
        for (var i = 0; i < _stated.Count; i++)
        {
            var (id, line) = _stated[i];
            if (EventId.Read(digests[(i * Sha256Batch.DigestLength)..]) != id)
            {
                Blame(FindingCodes.EventChanged, $"the content does not have the id {id} that the event states", line);
            }
        }
    }

    private ReadOnlySpan<byte> Hash(ReadOnlySpan<byte> data, List<(int Start, int Length)> messages, byte? lead = null)
    {
        var length = messages.Count * Sha256Batch.DigestLength;
        if (_digests.Length < length)
        {
            _digests = new byte[2 * length];
        }

        _sha256.Hash(data, CollectionsMarshal.AsSpan(messages), _digests, lead);
        return _digests.AsSpan(0, length);
    }

    private void ReadLine(ReadOnlySpan<byte> line)
    {
        _reading.Lines++;
        if (line.Length > Normalize.EventLimiter.MaxEventBytes || !_content.TryRead(line))
        {
            Blame(
                line is [.., (byte)'}'] ? FindingCodes.EventMalformed : FindingCodes.EventCut,
                line is [.., (byte)'}'] ? "this is no event as runs archive them" : "the event is cut off");
            return;
        }

        var (id, time) = (_content.Id, _content.Time);
        if (_content.Region != _place.Region || time.Hour != _place.Hour)
        {
            Blame(FindingCodes.EventPlace, $"the event of {_content.Region} at {time} does not belong to this region and hour");
        }
        else if (_reading.Ids.Count > 0 && (time < _lastTime || (time == _lastTime && id <= _lastId)))
        {
            Blame(
                id == _lastId ? FindingCodes.EventRepeated : FindingCodes.EventOrder,
                id == _lastId ? $"the event {id} stands in the line before as well" : "the event belongs before the one in the line before");
        }
        else
        {
            CheckId(line);
        }

        if (_reading.Ids.Count == 0 || time < _reading.MinTime)
        {
            _reading.MinTime = time;
        }

        if (_reading.Ids.Count == 0 || time > _reading.MaxTime)
        {
            _reading.MaxTime = time;
        }

        _reading.Ids.Add(id);
        (_lastTime, _lastId) = (time, id);
    }

    private void CheckId(ReadOnlySpan<byte> line)
    {
        var overflow = _content.OverflowPath(line);
        if (overflow.Length > 0)
        {
            // The content that the id covers is there. That it is there at all is judged where the segment is.
            var path = System.Text.Encoding.UTF8.GetString(overflow);
            switch (_overflows.Use(path, _content.Id))
            {
                case OverflowVerdict.Missing:
                    _reading.NotRecomputed++;
                    _reading.MissingOverflows.Add((path, _reading.Lines));
                    break;
                case OverflowVerdict.OtherEvent:
                    Blame(FindingCodes.EventChanged, $"the overflow of the event {_content.Id} holds another event");
                    break;
                case OverflowVerdict.Unknown or OverflowVerdict.Damaged:
                    _reading.NotRecomputed++;
                    break;
            }
        }
        else if (!_content.TryRebuild(line))
        {
            _reading.NotRecomputed++;
        }
        else
        {
            Keep(_content.Content);
            _stated.Add((_content.Id, _reading.Lines));
        }
    }

    /// <summary>The contents of a whole member are hashed together.</summary>
    private void Keep(ReadOnlySpan<byte> content)
    {
        if (_arena.Length - _arenaLength < content.Length)
        {
            Array.Resize(ref _arena, Math.Max(2 * _arena.Length, _arenaLength + content.Length));
        }

        content.CopyTo(_arena.AsSpan(_arenaLength));
        _contents.Add((_arenaLength, content.Length));
        _arenaLength += content.Length;
    }

    private void Blame(string code, string message) => Blame(code, message, _reading.Lines);

    // Ids come last of a member: the first bad line counts, whatever is wrong with it.
    private void Blame(string code, string message, long line)
    {
        if (_reading.BadLine is not { } before || before.Line > line)
        {
            _reading.BadLine = new LineFault(code, line, _members.Number, message);
        }
    }
}
