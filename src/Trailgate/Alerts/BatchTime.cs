using System.Buffers.Binary;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Alerts;

/// <summary>
/// When a batch was made, from the UUID (version 7) that is its name. The clock would give another time at every try, and
/// with it another matches blob.
/// </summary>
internal static class BatchTime
{
    /// <summary>The Unix epoch when the name holds no such UUID.</summary>
    public static DateTimeOffset Read(BlobName batch)
    {
        var stem = BatchName.Stem(batch);
        if (!Guid.TryParse(stem.AsSpan(stem.LastIndexOf('/') + 1), out var id) || id.Version != 7)
        {
            return DateTimeOffset.UnixEpoch;
        }

        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return DateTimeOffset.FromUnixTimeMilliseconds((long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16));
    }
}
