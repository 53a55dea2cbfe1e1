using System.Text;
using Trailgate.Archive;
using Trailgate.Events;
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
        var segments = new List<Segment>();
        await foreach (var manifest in new ArchiveReader(store.Blobs).ReadManifestsAsync(region, default))
        {
            segments.AddRange(manifest.Segments);
        }

        // Its first member is right, and of the second the first line.
        var name = new BlobName(Containers.Archive, segments[0].Name);
        byte[] half = [.. Compressed(lines[0], lines[1]), .. Compressed(lines[2], "no event")];
        var broken = segments[0] with { Sha256 = ArchiveReader.Sha256Of(half), Bytes = half.Length };
        await store.Blobs.DeleteAsync(name, default);
        await store.Blobs.PutAsync(name, half, default);
        var found = await BuildAsync(store, region, broken, segments[1]);

        await store.Blobs.DeleteAsync(name, default);
        var missing = await BuildAsync(store, region, broken, segments[1]);

        Assert.Equal((2, 1), (found.Members.Count, found.Rows));
        Assert.Equal(missing.Write().Header, found.Write().Header);
    }

    private static byte[] Compressed(params string[] lines) => Gzip.Compress(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));

    private static async Task<DayContent> BuildAsync(QueryStore store, Region region, params Segment[] segments)
    {
        var day = new DayContent(region, new DateTime(2026, 11, 22, 0, 0, 0, DateTimeKind.Utc));
        var builder = new DayBuilder(store.Blobs, region);
        foreach (var segment in segments)
        {
            await builder.AddAsync(day, segment, default);
        }

        return day;
    }
}
