using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Query.Index;

/// <summary>Adds segments to the index of their region and day.</summary>
internal sealed class DayBuilder(IBlobStore blobs, Region region)
{
    private const int FirstStored = 64 * 1024;

    private readonly EventFacts _facts = new();
    private readonly GzipMembers _members = new();
    private byte[] _stored = [];

    /// <summary>
    /// Adds a segment. One that can not be read as its manifest describes it is added as a whole that may hold anything: a query
    /// that comes to it reads it, and says that it is damaged.
    /// </summary>
    /// <exception cref="ArchiveDamagedException">The manifest lists it under a name that no run gives.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task AddAsync(DayContent day, Segment segment, CancellationToken cancellationToken)
    {
        var whole = WholeOf(segment);
        var stored = await ReadAsync(segment, cancellationToken);
        var mark = day.Mark();
        if (ArchiveReader.Sha256Of(stored.Span) != segment.Sha256
            || !_members.Visit(stored, (offset, length, lines) => TryAdd(day, whole with { Offset = offset, Length = length, IsOdd = false }, stored.Span.Slice(offset, length), lines)))
        {
            // No half of a segment stays in the columns.
            day.GoBackTo(mark);
            day.AddMember(whole, seal: default);
        }
    }

    /// <summary>What a member's stored bytes are known by.</summary>
    public static UInt128 SealOf(ReadOnlySpan<byte> stored)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(stored, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    // Nothing when it is missing, and one byte more than the segment has where something longer stands in its place. As a stream: for
    // who reads a whole blob the file store makes sure that it is durable, by a flush to disk.
    private async Task<ReadOnlyMemory<byte>> ReadAsync(Segment segment, CancellationToken cancellationToken)
    {
        var most = Math.Min(segment.Bytes, Array.MaxLength - 1) + 1;
        if (await blobs.OpenReadAsync(new BlobName(Containers.Archive, segment.Name), 0, most, cancellationToken) is not { } stream)
        {
            return default;
        }

        await using (stream)
        {
            for (var length = 0; ;)
            {
                if (length == _stored.Length)
                {
                    Array.Resize(ref _stored, (int)Math.Min(Array.MaxLength, Math.Max(FirstStored, 2L * length)));
                }

                var read = await stream.ReadAsync(_stored.AsMemory(length), cancellationToken);
                if (read == 0)
                {
                    return _stored.AsMemory(0, length);
                }

                length += read;
            }
        }
    }

    private IndexedMember WholeOf(Segment segment)
    {
        var hour = segment.MinTime.Hour;
        if (ArchiveNames.SequenceOfSegment(segment.Name) is not { } sequence
            || DigitsOf(segment.Name) is not { } digits
            || segment.MaxTime.Hour != hour || segment.MaxTime < segment.MinTime || segment.MinTime.Nanoseconds > 99 || segment.Bytes < 0)
        {
            throw NotOurs(segment);
        }

        var member = new IndexedMember
        {
            Sequence = sequence,
            Hour = hour,
            Digits = digits,
            Offset = 0,
            Length = segment.Bytes,
            Lines = 0,
            IsOdd = true,
            MinTime = segment.MinTime,
            MaxTime = segment.MaxTime,
        };
        return member.SegmentName(region) == segment.Name ? member : throw NotOurs(segment);
    }

    private static ulong? DigitsOf(string name) =>
        ulong.TryParse(name.AsSpan(name.Length - ArchiveNames.SegmentSuffix.Length - ArchiveNames.DigestLength, ArchiveNames.DigestLength), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var digits)
            ? digits
            : null;

    private static ArchiveDamagedException NotOurs(Segment segment) =>
        new(new BlobName(Containers.Archive, segment.Name), "the manifest lists it under a name that no run gives");

    private bool TryAdd(DayContent day, IndexedMember member, ReadOnlySpan<byte> stored, ReadOnlySpan<byte> lines)
    {
        if (lines is not [.., (byte)'\n'])
        {
            return false;
        }

        var count = 0;
        foreach (var range in lines[..^1].Split((byte)'\n'))
        {
            if (!_facts.TryRead(lines[range]) || _facts.Region != region || _facts.Time.Hour != member.Hour)
            {
                return false;
            }

            var isPlain = day.AddRow(_facts);
            member = member with
            {
                Lines = ++count,
                IsOdd = member.IsOdd || !isPlain,
                MinTime = count == 1 || _facts.Time < member.MinTime ? _facts.Time : member.MinTime,
                MaxTime = count == 1 || _facts.Time > member.MaxTime ? _facts.Time : member.MaxTime,
            };
        }

        day.AddMember(member, SealOf(stored));
        return true;
    }
}
