using System.Text;
using Trailgate.Archive;
using Trailgate.Storage;
using static Trailgate.Tests.Archive.ArchiveScene;

namespace Trailgate.Tests.Archive;

public class ArchiveReaderTests
{
    private readonly ArchiveScene _scene = new();

    private ArchiveReader Reader => new(_scene.Store);

    [Fact]
    public async Task All_manifests_and_lines_are_read_back()
    {
        await _scene.PutBatchAsync(1, Event("a"), Event("b", region: "eu-de"));
        await _scene.RunAsync();
        await _scene.PutBatchAsync(2, Event("c"));
        await _scene.RunAsync();

        var found = new List<string>();
        await foreach (var manifest in Reader.ReadAllManifestsAsync(CancellationToken.None))
        {
            found.Add($"{manifest.Region} {manifest.Sequence}");
            found.AddRange(await ReadAsync(manifest.Segments.Single()));
        }

        Assert.Equal(["eu-de 1", Event("b", region: "eu-de"), "us-south 1", Event("a"), "us-south 2", Event("c")], found);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_last_note_is_found_with_and_without_a_plan(bool plan)
    {
        for (var i = 1; i <= 12; i++)
        {
            await _scene.PutBatchAsync(i, Event($"e{i}"));
            await _scene.RunAsync();
        }

        if (!plan)
        {
            await _scene.Store.DeleteAsync(ArchiveNames.Plan, CancellationToken.None);
        }

        var last = await Reader.ReadLastNoteAsync(CancellationToken.None);

        Assert.Equal(12, last?.Note.Sequence);
        Assert.Equal(Hash(_scene.Bytes(Containers.Ledger, "0000000012.note").Span), last?.Sha256);
    }

    [Fact]
    public async Task A_note_that_the_plan_knows_of_and_that_is_gone_is_damage_and_not_the_end_of_the_ledger()
    {
        await _scene.PutBatchAsync(1, Event("a"));
        await _scene.RunAsync();
        await _scene.Store.DeleteAsync(ArchiveNames.Note(1), CancellationToken.None);

        await Assert.ThrowsAsync<ArchiveDamagedException>(() => Reader.ReadLastNoteAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_store_without_an_archive_has_no_note_and_no_manifests()
    {
        Assert.Null(await Reader.ReadLastNoteAsync(CancellationToken.None));
        await foreach (var manifest in Reader.ReadAllManifestsAsync(CancellationToken.None))
        {
            Assert.Fail(manifest.Region.Name);
        }
    }

    [Theory]
    [InlineData("cut in the middle of the deflate stream")]
    [InlineData("cut between two members")]
    [InlineData("without the check sum at the end")]
    [InlineData("followed by something")]
    [InlineData("compressed otherwise")]
    [InlineData("no gzip")]
    [InlineData("gone")]
    public async Task A_segment_that_is_not_as_its_manifest_says_is_damage(string what)
    {
        await _scene.PutBatchAsync(1, [.. Enumerable.Range(0, 2000).Select(i => Event($"e{i}"))]);
        await _scene.RunAsync();
        var segment = _scene.Manifest("us-south", 1).Segments.Single();
        var bytes = _scene.Bytes(Containers.Archive, segment.Name).ToArray();
        var name = new BlobName(Containers.Archive, segment.Name);
        await _scene.Store.DeleteAsync(name, CancellationToken.None);
        var lines = Encoding.UTF8.GetBytes(string.Concat((await Restored(bytes)).Select(line => line + "\n")));
        byte[]? changed = what switch
        {
            "cut in the middle of the deflate stream" => bytes[..(bytes.Length / 3)],
            "cut between two members" => [.. Gzip.Compress(lines.AsSpan(0, lines.Length / 2))],
            "without the check sum at the end" => bytes[..^8],
            "followed by something" => [.. bytes, 1],
            "compressed otherwise" => Gzip.Compress(lines),
            "no gzip" => lines,
            _ => null,
        };
        if (changed is not null)
        {
            await _scene.Store.PutAsync(name, changed, CancellationToken.None);
        }

        await Assert.ThrowsAsync<ArchiveDamagedException>(() => ReadAsync(segment));
    }

    private async Task<List<string>> ReadAsync(Segment segment)
    {
        var lines = new List<string>();
        await foreach (var line in Reader.ReadLinesAsync(segment, CancellationToken.None))
        {
            lines.Add(Encoding.UTF8.GetString(line.Span));
        }

        return lines;
    }

    private static async Task<string[]> Restored(byte[] bytes)
    {
        await using var gzip = new System.IO.Compression.GZipStream(new MemoryStream(bytes), System.IO.Compression.CompressionMode.Decompress);
        using var reader = new StreamReader(gzip);
        return (await reader.ReadToEndAsync()).Split('\n')[..^1];
    }
}
