using System.IO.Compression;
using Trailgate.Storage;

namespace Trailgate.Archive;

/// <summary>
/// Streams the lines of a compressed segment and hashes its stored bytes on the way. A cut-off gzip ends like a whole one
/// (GZipStream does not report it), so the caller compares the counts at the end.
/// </summary>
internal sealed class SegmentLines : IDisposable
{
    private readonly BlobName _name;
    private readonly HashingStream _stored;
    private readonly GZipStream _gzip;
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    private SegmentLines(BlobName name, Stream stored)
    {
        _name = name;
        _stored = new HashingStream(stored);
        _gzip = new GZipStream(_stored, CompressionMode.Decompress);
    }

    /// <summary>The line read last, without its newline; valid until the next read.</summary>
    public ReadOnlyMemory<byte> Current { get; private set; }

    /// <summary>Lines read so far.</summary>
    public long Count { get; private set; }

    /// <summary>Bytes of the lines read so far, newlines included.</summary>
    public long UncompressedBytes { get; private set; }

    /// <summary>False when the last line had none: it was cut off.</summary>
    public bool EndsWithNewline { get; private set; } = true;

    /// <exception cref="ArchiveDamagedException">There is no such segment.</exception>
    public static async Task<SegmentLines> OpenAsync(IBlobStore blobs, BlobName name, CancellationToken cancellationToken) =>
        new(name, await blobs.OpenReadAsync(name, 0, null, cancellationToken)
            ?? throw new ArchiveDamagedException(name, "the segment is missing"));

    /// <summary>Reads the next line; false at the end.</summary>
    /// <exception cref="ArchiveDamagedException">The stored bytes are no gzip.</exception>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        var searched = _start;
        while (true)
        {
            var length = _buffer.AsSpan(searched, _end - searched).IndexOf((byte)'\n');
            if (length >= 0)
            {
                Take(searched + length, newline: 1);
                return true;
            }

            searched = _end - _start;
            MakeRoom();
            var read = await FillAsync(cancellationToken);
            if (read == 0)
            {
                EndsWithNewline = _end == _start;
                if (!EndsWithNewline)
                {
                    Take(_end, newline: 0);
                    return true;
                }

                return false;
            }

            _end += read;
        }
    }

    /// <summary>Size and SHA-256 of the stored bytes, whatever follows the compressed part included.</summary>
    public Task<(long Bytes, string Sha256)> FinishAsync(CancellationToken cancellationToken) => _stored.FinishAsync(cancellationToken);

    public void Dispose() => _gzip.Dispose();

    private void Take(int end, int newline)
    {
        Current = _buffer.AsMemory(_start, end - _start);
        Count++;
        UncompressedBytes += end - _start + newline;
        _start = end + newline;
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
    }

    private async ValueTask<int> FillAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _gzip.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        }
        catch (InvalidDataException)
        {
            throw new ArchiveDamagedException(_name, "the bytes are no gzip");
        }
    }
}
