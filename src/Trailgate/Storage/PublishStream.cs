using Microsoft.Win32.SafeHandles;

namespace Trailgate.Storage;

/// <summary>
/// Writes a new file. Writes go to the system at once and on
/// the calling thread, so their tasks are always completed. It does not own the handle.
/// </summary>
internal sealed class PublishStream(SafeFileHandle file, string path) : ForwardWriteStream
{
    private long _position;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
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
}
