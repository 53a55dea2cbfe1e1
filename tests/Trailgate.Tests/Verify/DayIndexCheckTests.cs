using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Query.Index;
using Trailgate.Storage;
using Trailgate.Tests.Storage;
using Trailgate.Verify;

namespace Trailgate.Tests.Verify;

public class DayIndexCheckTests
{
    [Fact]
    public async Task An_index_that_is_whole_is_no_finding_and_no_remark()
    {
        var store = await CopyAsync();

        var report = await VerifyAsync(store);

        Assert.Empty(report.Findings);
        Assert.Empty(report.Remarks);
    }

    [Fact]
    public async Task Each_byte_of_a_file_counts()
    {
        var file = Files(await CopyAsync()).First(name => name.Path.EndsWith(IndexedDay.Suffix, StringComparison.Ordinal));
        for (var part = 0; part < 10; part++)
        {
            var store = await CopyAsync();
            var bytes = (await store.ReadAsync(file, default))!.Bytes.ToArray();
            bytes[part * (bytes.Length - 1) / 9] ^= 0x10;
            await store.DeleteAsync(file, default);
            await store.PutAsync(file, bytes, default);

            var finding = Assert.Single((await VerifyAsync(store)).Findings);

            Assert.Equal((FindingCodes.IndexChanged, file.ToString()), (finding.Code, finding.Place.Blob));
        }
    }

    [Fact]
    public async Task An_index_made_to_leave_out_an_event_is_a_finding()
    {
        var store = await CopyAsync();
        Assert.True(Region.TryParse("us-south".AsSpan(), out var region));
        var name = RegionCatalog.NameOf(region);
        var catalog = RegionCatalog.Read((await store.ReadAsync(name, default))!.Bytes.Span, region)!;
        var segments = await new ArchiveReader(store).ReadManifestsAsync(region, default).SelectMany(manifest => manifest.Segments).ToListAsync();

        // A file that is right in itself, of a day with nothing but its first segment.
        var date = segments.GroupBy(segment => segment.MinTime.Hour.Date).MaxBy(group => group.Count())!.Key;
        var day = catalog.Days.Single(day => day.Date == date);
        var content = new DayContent(region, date);
        await new DayBuilder(store, region).AddAsync(content, segments.First(segment => segment.MinTime.Hour.Date == date), default);
        var (bytes, headerLength) = content.Write();
        var forged = new IndexedDay(date, day.Sequence, headerLength, ArchiveReader.Sha256Of(bytes.AsSpan(0, headerLength)));
        await store.PutAsync(forged.NameIn(region), bytes, default);
        await store.DeleteAsync(name, default);
        await store.PutAsync(name, (catalog with { Days = [.. catalog.Days.Select(other => other == day ? forged : other)] }).Write(), default);

        var finding = Assert.Single((await VerifyAsync(store)).Findings);

        Assert.Equal((FindingCodes.IndexChanged, forged.NameIn(region).ToString()), (finding.Code, finding.Place.Blob));
    }

    [Fact]
    public async Task A_day_may_have_several_files_and_each_of_them_counts()
    {
        var scene = await EvidenceScene.CopyAsync();
        await new StoreIndexer(OneStore.Over(scene.Store), NullLogger<StoreIndexer>.Instance) { RowsPerFile = 20 }.RebuildAsync(default);
        Assert.True(Region.TryParse("eu-de".AsSpan(), out var region));
        var name = RegionCatalog.NameOf(region);
        var catalog = RegionCatalog.Read((await scene.Store.ReadAsync(name, default))!.Bytes.Span, region)!;
        var files = catalog.Days.GroupBy(day => day.Date).MaxBy(day => day.Count())!.ToList();
        Assert.InRange(files.Count, 3, 10);
        Assert.Empty((await VerifyAsync(scene.Store)).Findings);

        foreach (var file in files)
        {
            var store = scene.Store.Copy();
            await store.DeleteAsync(name, default);
            await store.PutAsync(name, (catalog with { Days = [.. catalog.Days.Where(day => day != file)] }).Write(), default);
            Assert.Contains(FindingCodes.IndexChanged, (await VerifyAsync(store)).Findings.Select(finding => finding.Code));

            store = scene.Store.Copy();
            await store.DeleteAsync(file.NameIn(region), default);
            await store.PutAsync(file.NameIn(region), "damaged"u8.ToArray(), default);
            Assert.Equal(file.NameIn(region).ToString(), Assert.Single((await VerifyAsync(store)).Findings).Place.Blob);
        }

        var turned = scene.Store.Copy();
        await turned.DeleteAsync(name, default);
        await turned.PutAsync(name, (catalog with { Days = [.. catalog.Days.Reverse()] }).Write(), default);
        Assert.NotEmpty((await VerifyAsync(turned)).Findings);
    }

    [Fact]
    public async Task A_missing_file_and_one_that_no_catalog_names_are_remarks()
    {
        var store = await CopyAsync();
        var file = Files(store).First(name => name.Path.EndsWith(IndexedDay.Suffix, StringComparison.Ordinal));
        var bytes = (await store.ReadAsync(file, default))!.Bytes;
        await store.DeleteAsync(file, default);
        await store.PutAsync(new BlobName(file.Container, file.Path.Replace("/0", "/9", StringComparison.Ordinal)), bytes, default);

        var report = await VerifyAsync(store);

        Assert.Empty(report.Findings);
        Assert.Equal([RemarkCodes.IndexBehind, RemarkCodes.LeftOver], report.Remarks.Select(remark => remark.Code));
    }

    [Fact]
    public async Task A_file_that_a_writer_replaces_while_it_is_read_is_a_remark()
    {
        var names = Files(await CopyAsync()).Where(name => name.Path.EndsWith(IndexedDay.Suffix, StringComparison.Ordinal)).ToList();
        // Gone before its header is read, and gone between that and its blocks.
        foreach (var reads in new[] { 1, 2 })
        {
            var store = await CopyAsync();
            var left = reads;
            store.Before = call =>
            {
                if (call.Operation == BlobOperation.OpenRead && call.Target == names[0].ToString() && --left == 0)
                {
                    store.Before = null;
                    Assert.True(store.DeleteAsync(names[0], default).GetAwaiter().GetResult());
                }
            };

            var report = await VerifyAsync(store);

            Assert.Equal(0, left);
            Assert.Empty(report.Findings);
            Assert.Equal([RemarkCodes.IndexBehind], report.Remarks.Select(remark => remark.Code));
        }
    }

    [Fact]
    public async Task A_catalog_that_is_made_after_the_check_looked_for_it_is_no_finding()
    {
        var store = await CopyAsync();
        Assert.True(Region.TryParse("us-south".AsSpan(), out var region));
        var name = RegionCatalog.NameOf(region);
        var bytes = (await store.ReadAsync(name, default))!.Bytes;
        await store.DeleteAsync(name, default);
        store.After = call =>
        {
            if (call.Operation == BlobOperation.OpenRead && call.Target == name.ToString())
            {
                store.After = null;
                store.PutAsync(name, bytes, default).GetAwaiter().GetResult();
            }
        };

        var report = await VerifyAsync(store);

        Assert.Null(store.After);
        Assert.Empty(report.Findings);
    }

    [Fact]
    public async Task A_region_whose_index_was_taken_away_is_a_remark_with_the_number_of_its_manifests()
    {
        var store = await CopyAsync();
        foreach (var name in Files(store).Where(name => name.Path.StartsWith("region=jp-tok/", StringComparison.Ordinal)).ToList())
        {
            await store.DeleteAsync(name, default);
        }

        var report = await VerifyAsync(store);

        Assert.Empty(report.Findings);
        var manifests = store.Blobs.Count(blob => blob.Key.Path.StartsWith("region=jp-tok/manifests/", StringComparison.Ordinal));
        Assert.Equal((RemarkCodes.IndexBehind, (long)manifests), (Assert.Single(report.Remarks).Code, report.Remarks[0].Count));
    }

    [Fact]
    public async Task A_catalog_that_is_damaged_or_of_another_archive_is_a_finding()
    {
        var store = await CopyAsync();
        var name = Files(store).First(name => name.Path.EndsWith("catalog.txt", StringComparison.Ordinal));
        await store.DeleteAsync(name, default);
        await store.PutAsync(name, "damaged"u8.ToArray(), default);

        var report = await VerifyAsync(store);

        var finding = Assert.Single(report.Findings);
        Assert.Equal((FindingCodes.IndexChanged, name.ToString()), (finding.Code, finding.Place.Blob));
    }

    private static async Task<MemoryBlobStore> CopyAsync() => (await EvidenceScene.CopyAsync()).Store;

    private static IEnumerable<BlobName> Files(MemoryBlobStore store) =>
        store.Blobs.Select(blob => blob.Key).Where(name => name.Container == Containers.Index && !name.Path.EndsWith(".ids", StringComparison.Ordinal));

    private static Task<VerifyReport> VerifyAsync(MemoryBlobStore store) => new DamagedArchive(store).VerifyAsync();
}
