using Trailgate.Storage;

namespace Trailgate.Tests.Storage;

/// <summary>Takes writes and refuses all else, as the stream of a real store does. Leaves the inner stream open.</summary>
internal sealed class ForwardOnlyStream(Stream inner) : ForwardWriteStream
{
    public override void Write(ReadOnlySpan<byte> buffer) => inner.Write(buffer);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);
}
