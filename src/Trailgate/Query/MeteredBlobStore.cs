using Trailgate.Storage;

namespace Trailgate.Query;

/// <summary>A store whose reads are counted, see <see cref="ReadMeter"/>. Listings are none.</summary>
internal sealed class MeteredBlobStore(IBlobStore inner) : IBlobStore
{
    public Task<PutResult> PutAsync(BlobName name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken) =>
        inner.PutAsync(name, write, cancellationToken);

    public Task<string?> ReplaceAsync(BlobName name, ReadOnlyMemory<byte> content, string? expectedVersion, CancellationToken cancellationToken) =>
        inner.ReplaceAsync(name, content, expectedVersion, cancellationToken);

    public async Task<BlobContent?> ReadAsync(BlobName name, CancellationToken cancellationToken)
    {
        var content = await inner.ReadAsync(name, cancellationToken);
        if (content is not null && ReadMeter.Current is { } meter)
        {
            meter.BlobOpened();
            meter.BytesRead(content.Bytes.Length);
        }

        return content;
    }

    public async Task<Stream?> OpenReadAsync(BlobName name, long offset, long? length, CancellationToken cancellationToken)
    {
        var stream = await inner.OpenReadAsync(name, offset, length, cancellationToken);
        if (stream is null || ReadMeter.Current is not { } meter)
        {
            return stream;
        }

        meter.BlobOpened();
        return new MeteredStream(stream, meter);
    }

    public Task<bool> DeleteAsync(BlobName name, CancellationToken cancellationToken) => inner.DeleteAsync(name, cancellationToken);

    public IAsyncEnumerable<BlobEntry> ListAsync(string container, string prefix, string? after, CancellationToken cancellationToken) =>
        inner.ListAsync(container, prefix, after, cancellationToken);

    public override string? ToString() => inner.ToString();

    private sealed class MeteredStream(Stream inner, ReadMeter meter) : ForwardReadStream
    {
        public override bool CanRead => inner.CanRead;

        public override int Read(Span<byte> buffer) => Count(inner.Read(buffer));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Count(await inner.ReadAsync(buffer, cancellationToken));

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }

        private int Count(int read)
        {
            meter.BytesRead(read);
            return read;
        }
    }
}
