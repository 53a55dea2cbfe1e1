using Microsoft.Win32.SafeHandles;

namespace Trailgate.Storage;

/// <summary>
/// What a writer of a new file gets: it takes bytes in order and nothing else. Writes go to the system at once and on
/// the calling thread, so their tasks are always completed. It does not own the handle.
/// </summary>
internal sealed class PublishStream(SafeFileHandle file, string path) : Stream
{
    private long _position;
    private bool _closed;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => !_closed;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        // A writer that keeps the stream must not change a file that is published.
        ObjectDisposedException.ThrowIf(_closed, this);
        try
        {
            RandomAccess.Write(file, buffer, _position);
        }
        catch (Exception e) when (Posix.IsWriteFault(e))
        {
            throw new StorageException($"Cannot write '{path}': {e.Message}", e);
        }

        _position += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void WriteByte(byte value) => Write([value]);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        try
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }
        catch (Exception e) when (e is StorageException or ObjectDisposedException)
        {
            return ValueTask.FromException(e);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Nothing is buffered here; durability is the publisher's step.</summary>
    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _closed = true;
        base.Dispose(disposing);
    }
}
