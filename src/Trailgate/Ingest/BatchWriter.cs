using System.Security.Cryptography;
using Trailgate.Events;
using Trailgate.Hashing;

namespace Trailgate.Ingest;

/// <summary>
/// Puts submissions together as one batch. Small ones are copied into one buffer, so that a commit is one write;
/// large ones are written from where they lie. One for each committer.
/// </summary>
internal sealed class BatchWriter
{
    private const int SmallBytes = 1024 * 1024;

    private readonly byte[] _buffer = new byte[SmallBytes];
    private readonly List<ReadOnlyMemory<byte>> _pieces = [];
    private readonly MerkleTree _tree = new();
    private readonly Dictionary<Region, BatchCounts> _counts = [];
    private List<ReadOnlyMemory<byte>> _matching = [];

    public int Quarantined { get; private set; }

    public void Fill(List<PendingSubmission> batch)
    {
        var used = 0;
        var total = batch.Sum(pending => pending.Submission.Lines.Length);
        foreach (var pending in batch)
        {
            var submission = pending.Submission;
            Quarantined += submission.Quarantined;
            foreach (var piece in submission.Lines.Pieces)
            {
                if (total <= SmallBytes)
                {
                    piece.CopyTo(_buffer.AsMemory(used));
                    used += piece.Length;
                }
                else
                {
                    _pieces.Add(piece);
                }
            }

            foreach (var (region, counts) in submission.Counts)
            {
                _counts.TryGetValue(region, out var sum);
                _counts[region] = new BatchCounts(sum.Received + counts.Received, sum.Quarantined + counts.Quarantined);
            }

            // Copied, because the alerts are queued by another thread and the buffers belong to the request.
            foreach (var line in submission.Matching)
            {
                _matching.Add(line.ToArray());
            }
        }

        if (used > 0)
        {
            _pieces.Add(_buffer.AsMemory(0, used));
        }

        foreach (var piece in _pieces)
        {
            _tree.AppendLines(piece.Span);
        }

        var trailer = new BatchTrailer(_tree.Count, _tree.ToRoot(), _counts).ToLine();
        _pieces.Add((byte[])[.. trailer, (byte)'\n']);
    }

    /// <summary>SHA-256 of all pieces: of the whole batch, once it is filled.</summary>
    public byte[] HashAll()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var piece in _pieces)
        {
            hash.AppendData(piece.Span);
        }

        return hash.GetHashAndReset();
    }

    public async Task WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        foreach (var piece in _pieces)
        {
            await stream.WriteAsync(piece, cancellationToken);
        }
    }

    /// <summary>Hands over the lines that a rule matches, of all submissions.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> TakeMatching()
    {
        var matching = _matching;
        _matching = [];
        return matching;
    }

    public void Clear()
    {
        _pieces.Clear();
        _tree.Clear();
        _counts.Clear();
        _matching.Clear();
        Quarantined = 0;
    }
}
