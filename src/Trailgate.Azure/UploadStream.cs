using System.Buffers;
using System.Globalization;
using System.Text;
using Azure.Storage.Blobs.Specialized;
using Trailgate.Storage;

namespace Trailgate.Azure;

/// <summary>
/// What a writer of a new blob gets: it takes bytes in order and nothing else. Content of up to one block is kept in
/// memory, to be sent with the request that makes the blob; a full block is staged, which nobody sees until it is committed.
/// </summary>
/// <param name="blob">Where blocks are staged.</param>
/// <param name="name">The blob's name, for messages.</param>
/// <param name="uploadId">
/// Part of the names of the blocks: two writers of one blob must not stage blocks of the same name, or the one that
/// commits would commit the other's bytes.
/// </param>
/// <param name="cancellationToken">For writes that bring no token of their own.</param>
internal sealed class UploadStream(BlockBlobClient blob, BlobName name, string uploadId, CancellationToken cancellationToken) : ForwardWriteStream
{
    /// <summary>Size of a block in bytes: as large as the largest usual batch, so that a batch is one request.</summary>
    public const int BlockBytes = 8 * 1024 * 1024;

    private const int FirstBytes = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private int _used;

    /// <summary>The blocks that were staged; none when all of the content fits into one.</summary>
    public List<string> Blocks { get; } = [];

    /// <summary>What was written and not staged, for one more request; valid until the stream is released.</summary>
    public Stream Rest() => new MemoryStream(_buffer, 0, _used, writable: false);

    /// <summary>Stages what is left, for a blob that has blocks already.</summary>
    public async Task StageRestAsync(CancellationToken token)
    {
        if (_used > 0)
        {
            await StageAsync(token);
        }
    }

    /// <summary>Gives the memory back, after the last use. The writer may have kept the stream: it can do no more harm.</summary>
    public void Release()
    {
        Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _used = 0;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        while (Take(buffer.Span) is var taken && taken < buffer.Length)
        {
            buffer = buffer[taken..];
            await StageAsync(cancellationToken);
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        while (Take(buffer) is var taken && taken < buffer.Length)
        {
            buffer = buffer[taken..];
            Stage();
        }
    }

    /// <summary>Copies what fits into the block, and makes room where there may be more.</summary>
    private int Take(ReadOnlySpan<byte> bytes)
    {
        var taken = Math.Min(bytes.Length, BlockBytes - _used);
        if (_used + taken > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Min(BlockBytes, Math.Max(_used + taken, 2 * _buffer.Length)));
            _buffer.AsSpan(0, _used).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        bytes[..taken].CopyTo(_buffer.AsSpan(_used));
        _used += taken;
        return taken;
    }

    private async Task StageAsync(CancellationToken token)
    {
        var id = NextId();
        try
        {
            await blob.StageBlockAsync(id, Rest(), options: null, token);
        }
        catch (Exception e) when (AzureFault.Is(e, token))
        {
            throw AzureFault.Wrap($"write {name}", e);
        }

        Staged(id);
    }

    private void Stage()
    {
        var id = NextId();
        try
        {
            blob.StageBlock(id, Rest(), options: null, cancellationToken);
        }
        catch (Exception e) when (AzureFault.Is(e, cancellationToken))
        {
            throw AzureFault.Wrap($"write {name}", e);
        }

        Staged(id);
    }

    // All blocks of a blob must have names of one length.
    private string NextId() =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{uploadId}{Blocks.Count:D6}")));

    private void Staged(string id)
    {
        Blocks.Add(id);
        _used = 0;
    }
}
