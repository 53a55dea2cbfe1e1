using System.Text;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Query;
using Trailgate.Query.Index;
using Trailgate.Storage;
using Trailgate.Tests.Archive;
using static Trailgate.Tests.Query.QueryStore;

namespace Trailgate.Tests.Query.Index;

public class DayBuilderTests
{
    [Fact]
    public async Task Nothing_stays_of_a_segment_that_turns_out_to_be_unreadable_half_way()
    {
        var store = new QueryStore { LinesPerMember = 2 };
        string[] lines = [Event(1, "05:00:01", correlation: "c1"), Event(2, "05:00:02"), Event(3, "05:00:03"), Event(4, "05:00:04")];
        await store.ArchiveAsync(lines);
        await store.ArchiveAsync(Event(5, "05:00:05", action: "codeengine.app.delete", correlation: "c1"));
        Assert.True(Region.TryParse("us-south".AsSpan(), out var region));
        var segments = await new ArchiveReader(store.Blobs).ReadManifestsAsync(region, default).SelectMany(manifest => manifest.Segments).ToListAsync();

        // Its first member is right, and of the second the first line.
        var name = new BlobName(Containers.Archive, segments[0].Name);
        byte[] half = [.. Compressed(lines[0], lines[1]), .. Compressed(lines[2], "no event")];
        var broken = segments[0] with { Sha256 = ArchiveReader.Sha256Of(half), Bytes = half.Length };
        await store.Blobs.DeleteAsync(name, default);
        await store.Blobs.PutAsync(name, half, default);
        var found = await BuildAsync(store.Blobs, region, broken, segments[1]);

        await store.Blobs.DeleteAsync(name, default);
        var missing = await BuildAsync(store.Blobs, region, broken, segments[1]);

        Assert.Equal((2, 1), (found.Members.Count, found.Rows));
        Assert.Equal(missing.Write().Bytes, found.Write().Bytes);
    }

    [Fact]
    public async Task Of_what_stands_in_the_place_of_a_segment_no_more_is_read_than_the_segment_has()
    {
        var store = new QueryStore();
        await store.ArchiveAsync(Event(1, "05:00:01"));
        Assert.True(Region.TryParse("us-south".AsSpan(), out var region));
        var segment = (await new ArchiveReader(store.Blobs).ReadManifestAsync(region, 1, default)).Manifest.Segments[0];
        var name = new BlobName(Containers.Archive, segment.Name);
        byte[] longer = [.. (await store.Blobs.ReadAsync(name, default))!.Bytes.Span, .. new byte[1_000_000]];
        await store.Blobs.DeleteAsync(name, default);
        await store.Blobs.PutAsync(name, longer, default);
        var meter = ReadMeter.Start();

        var day = await BuildAsync(new MeteredBlobStore(store.Blobs), region, segment);

        Assert.Equal((1, 0), (day.Members.Count, day.Rows));
        Assert.InRange(meter.Cost.Bytes, 1, segment.Bytes + 1);
    }

    private static byte[] Compressed(params string[] lines) => Gzip.Compress(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));

    private static async Task<DayContent> BuildAsync(IBlobStore blobs, Region region, params Segment[] segments)
    {
        var day = new DayContent(region, new DateTime(2026, 11, 22, 0, 0, 0, DateTimeKind.Utc));
        var builder = new DayBuilder(blobs, region);
        foreach (var segment in segments)
        {
            await builder.AddAsync(day, segment, default);
        }

        return day;
    }
}
