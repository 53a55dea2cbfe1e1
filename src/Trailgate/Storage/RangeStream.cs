using Microsoft.Win32.SafeHandles;

namespace Trailgate.Storage;

/// <summary>Reads a range of an open file, forward. Owns the handle. The file's name may vanish meanwhile; its content stays.</summary>
internal sealed class RangeStream(SafeFileHandle file, string path, long offset, long length) : ForwardReadStream
{
    private long _position = offset;
    private long _left = length;

    public override bool CanRead => !file.IsClosed;

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(file.IsClosed, this);
        var wanted = buffer[..(int)Math.Min(buffer.Length, _left)];
        if (wanted.IsEmpty)
        {
            return 0;
        }

        int read;
        try
        {
            read = RandomAccess.Read(file, wanted, _position);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"Cannot read '{path}': {e.Message}", e);
        }

        _position += read;
        _left -= read;
        return read;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        try
        {
            return ValueTask.FromResult(Read(buffer.Span));
        }
        catch (Exception e) when (e is StorageException or ObjectDisposedException)
        {
            return ValueTask.FromException<int>(e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}
