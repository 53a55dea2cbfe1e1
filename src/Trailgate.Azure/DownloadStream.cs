using Trailgate.Storage;

namespace Trailgate.Azure;

/// <summary>Reads the body of a download, forward. Owns it, and turns what goes wrong on the way into <see cref="StorageException"/>.</summary>
internal sealed class DownloadStream(Stream body, BlobName name) : ForwardReadStream
{
    public override bool CanRead => body.CanRead;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception e) when (AzureFault.Is(e, cancellationToken))
        {
            throw AzureFault.Wrap($"read {name}", e);
        }
    }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return body.Read(buffer);
        }
        catch (Exception e) when (AzureFault.Is(e, CancellationToken.None))
        {
            throw AzureFault.Wrap($"read {name}", e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Dispose();
        }

        base.Dispose(disposing);
    }
}
