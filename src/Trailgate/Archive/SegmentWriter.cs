using System.IO.Compression;
using System.Security.Cryptography;
using Trailgate.Events;
using Trailgate.Hashing;
using Trailgate.Storage;

namespace Trailgate.Archive;

/// <summary>Writes segments: gzip of several members, so that one part of a segment can be read without the rest.</summary>
internal sealed class SegmentWriter(IBlobStore blobs)
{
    /// <summary>Most bytes of lines in one member.</summary>
    public const int MemberBytes = 256 * 1024;

    /// <summary>
    /// Writes a segment, or finds that it stands there with the same lines (its compressed form may be that of another
    /// zlib). A retry is safe.
    /// </summary>
    /// <param name="region">Where the events happened.</param>
    /// <param name="sequence">The sequence of the manifest that will list it.</param>
    /// <param name="events">The events of one hour, sorted.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    /// <exception cref="ArchiveConflictException">A segment with other lines stands under the name.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<Segment> WriteAsync(Region region, long sequence, List<ArchiveEvent> events, CancellationToken cancellationToken)
    {
        var lines = Digest(events);
        var path = ArchiveNames.Segment(region, events[0].Time.Hour, sequence, lines.Sha256);
        var name = new BlobName(Containers.Archive, path);
        var stored = (Bytes: 0L, Sha256: "");
        var result = await blobs.PutAsync(
            name, async (stream, token) => stored = await CompressAsync(events, stream, token), cancellationToken);
        if (result == PutResult.AlreadyExists)
        {
            stored = await CompareAsync(name, lines.Sha256, cancellationToken);
        }

        return new Segment
        {
            Name = path,
            Sha256 = stored.Sha256,
            Bytes = stored.Bytes,
            Lines = events.Count,
            UncompressedBytes = lines.Bytes,
            MinTime = events[0].Time,
            MaxTime = events[^1].Time,
            MerkleRoot = lines.MerkleRoot,
        };
    }

    private static (long Bytes, string Sha256, string MerkleRoot) Digest(List<ArchiveEvent> events)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var lines = new MemberLines(MemberBytes);
        var tree = new MerkleTree();
        var bytes = 0L;
        for (var next = 0; next < events.Count;)
        {
            next = lines.Fill(events, next);
            hash.AppendData(lines.Text.Span);
            tree.AppendLines(lines.Text.Span);
            bytes += lines.Text.Length;
        }

        return (bytes, Convert.ToHexStringLower(hash.GetHashAndReset()), tree.ToRoot());
    }

    private static async Task<(long Bytes, string Sha256)> CompressAsync(List<ArchiveEvent> events, Stream stream, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var lines = new MemberLines(MemberBytes);
        using var member = new MemoryStream();
        var bytes = 0L;
        for (var next = 0; next < events.Count;)
        {
            next = lines.Fill(events, next);
            member.SetLength(0);
            using (var gzip = new GZipStream(member, CompressionLevel.Optimal, leaveOpen: true))
            {
                gzip.Write(lines.Text.Span);
            }

            var compressed = member.GetBuffer().AsMemory(0, (int)member.Length);
            hash.AppendData(compressed.Span);
            bytes += compressed.Length;
            await stream.WriteAsync(compressed, cancellationToken);
        }

        return (bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private async Task<(long Bytes, string Sha256)> CompareAsync(BlobName name, string sha256, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var lines = await SegmentLines.OpenAsync(blobs, name, cancellationToken);
        while (await lines.ReadAsync(cancellationToken))
        {
            hash.AppendData(lines.Current.Span);
            hash.AppendData("\n"u8);
        }

        var stored = await lines.FinishAsync(cancellationToken);
        return lines.EndsWithNewline && Convert.ToHexStringLower(hash.GetHashAndReset()) == sha256
            ? stored
            : throw new ArchiveConflictException(name);
    }
}
