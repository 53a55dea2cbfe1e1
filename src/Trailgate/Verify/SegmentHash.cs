using System.Security.Cryptography;

namespace Trailgate.Verify;

/// <summary>
/// The SHA-256 of a segment's stored bytes, and that of its lines, piece by piece: beside those of other segments where
/// that is faster (<see cref="HashPool"/>), else by the platform. Kept and used again.
/// </summary>
internal sealed class SegmentHash(HashPool pool) : IDisposable
{
    private readonly Sha256Chain _storedChain = new();
    private readonly Sha256Chain _linesChain = new();
    private readonly IncrementalHash _stored = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _lines = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _isPooled;

    /// <summary>Begins with another segment, which the pool expects; <see cref="Close"/> must follow, whatever happens.</summary>
    public void Open() => _isPooled = pool.TryEnter();

    /// <summary>Appends stored bytes, and lines. What they lie in must stay as it is until then.</summary>
    public Task AppendAsync(ArraySegment<byte> stored, ArraySegment<byte> lines, CancellationToken cancellationToken)
    {
        if (_isPooled)
        {
            return pool.AppendAsync(_storedChain, stored, _linesChain, lines, cancellationToken);
        }

        _stored.AppendData(stored);
        _lines.AppendData(lines);
        return Task.CompletedTask;
    }

    /// <summary>The SHA-256 of all stored bytes, and of all lines.</summary>
    public (Digest Stored, Digest Lines) Finish()
    {
        if (_isPooled)
        {
            return (_storedChain.Finish(pool.Lanes), _linesChain.Finish(pool.Lanes));
        }

        Span<byte> hash = stackalloc byte[Digest.ByteLength];
        _stored.GetHashAndReset(hash);
        var stored = Digest.Read(hash);
        _lines.GetHashAndReset(hash);
        return (stored, Digest.Read(hash));
    }

    /// <summary>Ends with the segment.</summary>
    public void Close()
    {
        if (_isPooled)
        {
            pool.Leave();
            _storedChain.Clear();
            _linesChain.Clear();
        }
        else
        {
            Finish();
        }
    }

    public void Dispose()
    {
        _stored.Dispose();
        _lines.Dispose();
    }
}
