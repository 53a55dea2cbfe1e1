using System.Security.Cryptography;
using Trailgate.Archive;
using Trailgate.Events;

namespace Trailgate.Verify;

/// <summary>
/// Reads a segment from its stored bytes up: members, lines, hashes, the order, the place and the id of each event.
/// One for each thread; kept and used again.
/// </summary>
internal sealed class SegmentReader : IDisposable
{
    /// <summary>Far more than a plan can bring together. Ids are held for the whole segment.</summary>
    public const long MaxBytes = 1024L * 1024 * 1024;

    private readonly MemberReader _members = new();
    private readonly EventContent _content = new();
    private readonly IncrementalHash _lines = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly SegmentReading _reading = new();
    private readonly OverflowIds _overflows;
    private SegmentPath _place;
    private EventTime _lastTime;
    private EventId _lastId;

    public SegmentReader(OverflowIds overflows) => _overflows = overflows;

    /// <summary>Reads all of it. The result is valid until the next call.</summary>
    /// <param name="stream">The stored bytes; stays the caller's.</param>
    /// <param name="place">What its path says.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async ValueTask<SegmentReading> ReadAsync(Stream stream, SegmentPath place, CancellationToken cancellationToken)
    {
        using var tree = new MerkleTree();
        _reading.Clear();
        _place = place;
        (_lastTime, _lastId) = (default, default);
        _members.Open(stream);
        MemberFault? fault;
        while ((fault = await _members.ReadAsync(cancellationToken)) is null)
        {
            _lines.AppendData(_members.LinesWithRoom[1..]);
            fault = ReadLines(tree);
            if (fault is not null)
            {
                break;
            }
        }

        if (fault != MemberFault.End)
        {
            _reading.Fault = fault;
            _reading.FaultMember = _members.Number;
        }

        _reading.Stored = await _members.FinishAsync(cancellationToken);
        _reading.StoredBytes = _members.StoredBytes;
        Span<byte> hash = stackalloc byte[Digest.ByteLength];
        _lines.GetHashAndReset(hash);
        _reading.LinesDigest = Digest.Read(hash);
        _reading.MerkleRoot = tree.ToRoot();
        return _reading;
    }

    public void Dispose()
    {
        _members.Dispose();
        _lines.Dispose();
    }

    private MemberFault? ReadLines(MerkleTree tree)
    {
        var rest = _members.LinesWithRoom[1..];
        _reading.UncompressedBytes += rest.Length;
        if (_reading.UncompressedBytes > MaxBytes)
        {
            return new MemberFault(MemberFaultKind.Corrupt, _members.Offset, $"the segment holds more than {MaxBytes} bytes of lines");
        }

        if (rest.Length == 0 || rest[^1] != '\n')
        {
            return new MemberFault(MemberFaultKind.Corrupt, _members.Offset, "the member does not end with a whole line");
        }

        while (rest.Length > 0)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = rest[..end];
            tree.Append(line);
            ReadLine(line);
            rest = rest[(end + 1)..];
        }

        return null;
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
        else if (EventId.Of(_content.Content) != _content.Id)
        {
            Blame(FindingCodes.EventChanged, $"the content does not have the id {_content.Id} that the event states");
        }
    }

    private void Blame(string code, string message) =>
        _reading.BadLine ??= new LineFault(code, _reading.Lines, _members.Number, message);
}
