using System.Globalization;
using System.Text;
using Trailgate.Storage;

namespace Trailgate.Tests.Storage;

/// <summary>What every <see cref="IBlobStore"/> promises. One sealed class for each implementation runs these tests.</summary>
public abstract class BlobStoreContract
{
    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>An empty store, one for each test.</summary>
    protected abstract IBlobStore Store { get; }

    private static BlobName Name(string path) => new("inbox", path);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private async Task<string?> TextOf(string path) =>
        await Store.ReadAsync(Name(path), None) is { } blob ? Encoding.UTF8.GetString(blob.Bytes.Span) : null;

    /// <summary>The paths of the container that the tests use.</summary>
    protected async Task<string[]> List(string prefix, string? after = null)
    {
        var paths = new List<string>();
        await foreach (var entry in Store.ListAsync("inbox", prefix, after, None))
        {
            paths.Add(entry.Name.Path);
        }

        return [.. paths];
    }

    /// <summary>Puts blobs into the container that the tests use.</summary>
    protected async Task Put(params string[] paths)
    {
        foreach (var path in paths)
        {
            Assert.Equal(PutResult.Created, await Store.PutAsync(Name(path), Bytes(path), None));
        }
    }

    [Fact]
    public async Task A_put_can_be_read_back()
    {
        var result = await Store.PutAsync(Name("batches/2026-11-22/08/a.ndjson"), Bytes("hello"), None);

        Assert.Equal(PutResult.Created, result);
        Assert.Equal("hello", await TextOf("batches/2026-11-22/08/a.ndjson"));
    }

    [Fact]
    public async Task A_second_put_leaves_the_first_content()
    {
        await Store.PutAsync(Name("a"), Bytes("first"), None);

        var second = await Store.PutAsync(Name("a"), Bytes("second"), None);

        Assert.Equal(PutResult.AlreadyExists, second);
        Assert.Equal("first", await TextOf("a"));
    }

    [Fact]
    public async Task An_empty_blob_is_a_blob()
    {
        await Store.PutAsync(Name("empty"), Bytes(""), None);

        Assert.Equal("", await TextOf("empty"));
        Assert.True(await Store.ExistsAsync(Name("empty"), None));
        Assert.Equal(PutResult.AlreadyExists, await Store.PutAsync(Name("empty"), Bytes("x"), None));
    }

    [Fact]
    public async Task A_put_whose_writer_throws_leaves_nothing_and_passes_the_exception_on()
    {
        var thrown = await Assert.ThrowsAsync<FormatException>(() => Store.PutAsync(
            Name("a"),
            async (stream, token) =>
            {
                await stream.WriteAsync(Bytes("half"), token);
                throw new FormatException("the writer's own");
            },
            None));

        Assert.Equal("the writer's own", thrown.Message);
        Assert.Null(await TextOf("a"));
        Assert.Empty(await List(""));
        Assert.Equal(PutResult.Created, await Store.PutAsync(Name("a"), Bytes("whole"), None));
    }

    [Fact]
    public async Task A_put_whose_writer_goes_asynchronous_is_written_in_order()
    {
        await Store.PutAsync(
            Name("a"),
            async (stream, token) =>
            {
                await stream.WriteAsync(Bytes("one "), token);
                await Task.Yield();
                stream.Write(Bytes("two "));
                await stream.FlushAsync(token);
                stream.WriteByte((byte)'3');
            },
            None);

        Assert.Equal("one two 3", await TextOf("a"));
    }

    [Fact]
    public async Task The_stream_of_a_put_can_neither_seek_nor_be_read()
    {
        await Store.PutAsync(
            Name("a"),
            (stream, _) =>
            {
                Assert.False(stream.CanSeek);
                Assert.False(stream.CanRead);
                Assert.True(stream.CanWrite);
                Assert.Throws<NotSupportedException>(() => stream.Seek(0, SeekOrigin.Begin));
                return Task.CompletedTask;
            },
            None);
    }

    [Fact]
    public async Task Of_concurrent_writers_exactly_one_creates_each_blob_and_its_content_stands()
    {
        const int Writers = 8;
        const int Names = 50;
        var wins = new int[Names][];
        for (var name = 0; name < Names; name++)
        {
            wins[name] = new int[Writers];
        }

        using var start = new Barrier(Writers);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                for (var name = 0; name < Names; name++)
                {
                    var put = Store.PutAsync(Name($"race/{name}"), Bytes($"{writer}"), None).GetAwaiter().GetResult();
                    wins[name][writer] = put == PutResult.Created ? 1 : 0;
                }
            },
            None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        for (var name = 0; name < Names; name++)
        {
            Assert.Equal(1, wins[name].Sum());
            Assert.Equal(Array.IndexOf(wins[name], 1).ToString(CultureInfo.InvariantCulture), await TextOf($"race/{name}"));
        }
    }

    [Fact]
    public async Task Big_content_is_streamed_through_unchanged()
    {
        var chunk = new byte[1024 * 1024 + 7];
        new Random(7).NextBytes(chunk);
        await Store.PutAsync(
            Name("big"),
            async (stream, token) =>
            {
                for (var i = 0; i < 12; i++)
                {
                    await stream.WriteAsync(chunk, token);
                }
            },
            None);

        await using var read = await Store.OpenReadAsync(Name("big"), 0, null, None);

        Assert.NotNull(read);
        var buffer = new byte[chunk.Length];
        for (var i = 0; i < 12; i++)
        {
            await read.ReadExactlyAsync(buffer);
            Assert.True(chunk.AsSpan().SequenceEqual(buffer), $"Chunk {i} differs.");
        }

        Assert.Equal(0, await read.ReadAsync(buffer));
    }

    [Theory]
    [InlineData(0, null, "0123456789")]
    [InlineData(3, null, "3456789")]
    [InlineData(0, 4L, "0123")]
    [InlineData(3, 4L, "3456")]
    [InlineData(8, 100L, "89")]
    [InlineData(10, null, "")]
    [InlineData(11, 5L, "")]
    [InlineData(5, 0L, "")]
    [InlineData(1, long.MaxValue, "123456789")]
    public async Task A_range_begins_at_its_offset_and_ends_at_its_length_or_with_the_blob(long offset, long? length, string expected)
    {
        await Store.PutAsync(Name("digits"), Bytes("0123456789"), None);

        await using var stream = await Store.OpenReadAsync(Name("digits"), offset, length, None);

        Assert.NotNull(stream);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        Assert.Equal(expected, await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task A_negative_range_is_a_mistake_of_the_caller()
    {
        await Store.PutAsync(Name("a"), Bytes("x"), None);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.OpenReadAsync(Name("a"), -1, null, None));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.OpenReadAsync(Name("a"), 0, -1, None));
    }

    [Fact]
    public async Task What_is_not_there_is_null_false_or_empty()
    {
        await Put("folder/file");

        Assert.Null(await Store.ReadAsync(Name("none"), None));
        Assert.Null(await Store.ReadAsync(Name("folder"), None));
        Assert.Null(await Store.ReadAsync(Name("folder/file/below"), None));
        Assert.Null(await Store.OpenReadAsync(Name("none/at/all"), 0, null, None));
        Assert.Null(await Store.OpenReadAsync(Name("folder"), 0, null, None));
        Assert.False(await Store.ExistsAsync(Name("folder"), None));
        Assert.False(await Store.DeleteAsync(Name("none"), None));
        Assert.False(await Store.DeleteAsync(Name("folder"), None));
        Assert.False(await Store.DeleteAsync(Name("folder/file/below"), None));
        Assert.Empty(await List("none/"));
        await foreach (var entry in Store.ListAsync("ledger", "", null, None))
        {
            Assert.Fail($"There is {entry.Name} in a container that was never written to.");
        }
    }

    [Fact]
    public async Task A_deleted_blob_is_gone_and_its_name_free()
    {
        await Put("a", "b");

        Assert.True(await Store.DeleteAsync(Name("a"), None));
        Assert.False(await Store.DeleteAsync(Name("a"), None));
        Assert.Null(await TextOf("a"));
        Assert.Equal(["b"], await List(""));
        Assert.Equal(PutResult.Created, await Store.PutAsync(Name("a"), Bytes("again"), None));
    }

    [Fact]
    public async Task A_replace_takes_the_version_that_was_read_and_no_other()
    {
        var first = await Store.ReplaceAsync(Name("plan.json"), Bytes("one"), null, None);
        Assert.NotNull(first);
        var read = await Store.ReadAsync(Name("plan.json"), None);
        Assert.Equal(first, read!.Version);

        var second = await Store.ReplaceAsync(Name("plan.json"), Bytes("two"), first, None);
        Assert.NotNull(second);
        Assert.NotEqual(first, second);

        Assert.Null(await Store.ReplaceAsync(Name("plan.json"), Bytes("stale"), first, None));
        Assert.Null(await Store.ReplaceAsync(Name("plan.json"), Bytes("new"), null, None));
        Assert.Equal("two", await TextOf("plan.json"));
        Assert.Equal(["plan.json"], await List(""));
    }

    [Fact]
    public async Task A_replace_of_a_blob_that_is_not_there_is_refused()
    {
        var version = await Store.ReplaceAsync(Name("a"), Bytes("one"), null, None);
        await Store.DeleteAsync(Name("a"), None);

        Assert.Null(await Store.ReplaceAsync(Name("a"), Bytes("two"), version, None));
        Assert.Null(await TextOf("a"));
    }

    [Fact]
    public async Task A_put_blob_can_be_replaced_by_its_version()
    {
        await Store.PutAsync(Name("a"), Bytes("put"), None);
        var read = await Store.ReadAsync(Name("a"), None);

        Assert.NotNull(await Store.ReplaceAsync(Name("a"), Bytes("replaced"), read!.Version, None));
        Assert.Equal("replaced", await TextOf("a"));
        Assert.Equal(PutResult.AlreadyExists, await Store.PutAsync(Name("a"), Bytes("put"), None));
    }

    [Fact]
    public async Task A_version_never_comes_back_though_the_content_does()
    {
        var versions = new HashSet<string>();
        string? version = null;
        for (var i = 0; i < 100; i++)
        {
            version = await Store.ReplaceAsync(Name("a"), Bytes(i % 2 == 0 ? "even" : "odd"), version, None);
            Assert.NotNull(version);
            Assert.True(versions.Add(version), $"Version {version} came back at replacement {i}.");
            if (i % 10 == 9)
            {
                Assert.True(await Store.DeleteAsync(Name("a"), None));
                version = null;
            }
        }
    }

    [Fact]
    public async Task Concurrent_replacers_lose_no_update()
    {
        const int Incrementers = 16;
        const int Rounds = 10;
        using var start = new Barrier(Incrementers);
        await Task.WhenAll(Enumerable.Range(0, Incrementers).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                for (var round = 0; round < Rounds; round++)
                {
                    Increment(Store, Name("counter"));
                }
            },
            None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        Assert.Equal("160", await TextOf("counter"));
    }

    private static void Increment(IBlobStore store, BlobName name)
    {
        while (true)
        {
            var read = store.ReadAsync(name, None).GetAwaiter().GetResult();
            var value = read is null ? 0 : int.Parse(Encoding.UTF8.GetString(read.Bytes.Span), CultureInfo.InvariantCulture);
            if (store.ReplaceAsync(name, Bytes($"{value + 1}"), read?.Version, None).GetAwaiter().GetResult() is not null)
            {
                return;
            }
        }
    }

    [Fact]
    public async Task A_listing_is_ordinal_over_the_whole_path()
    {
        await Put("a/b", "a/B", "a-b", "a.b", "a=b", "aa", "a0", "a_b", "A", "a/b-c", "a/b.c/d", "a/b_c", "a/c/d/e");

        // By code: '-' 2D, '.' 2E, '/' 2F, '0' 30, '=' 3D, 'A' 41, '_' 5F, 'a' 61.
        Assert.Equal(
            ["A", "a-b", "a.b", "a/B", "a/b", "a/b-c", "a/b.c/d", "a/b_c", "a/c/d/e", "a0", "a=b", "a_b", "aa"],
            await List(""));
    }

    [Theory]
    [InlineData("", null, "region=eu-de/1 region=eu-de/2 region=us/1 region=us/sub/1 regions top")]
    [InlineData("region=", null, "region=eu-de/1 region=eu-de/2 region=us/1 region=us/sub/1")]
    [InlineData("region=eu-de/", null, "region=eu-de/1 region=eu-de/2")]
    [InlineData("region=eu-de/2", null, "region=eu-de/2")]
    [InlineData("region=u", null, "region=us/1 region=us/sub/1")]
    [InlineData("region=us/s", null, "region=us/sub/1")]
    [InlineData("t", null, "top")]
    [InlineData("x", null, "")]
    [InlineData("top/", null, "")]
    [InlineData("/", null, "")]
    [InlineData("../", null, "")]
    [InlineData("", "region=eu-de/1", "region=eu-de/2 region=us/1 region=us/sub/1 regions top")]
    [InlineData("", "region=eu-de/", "region=eu-de/1 region=eu-de/2 region=us/1 region=us/sub/1 regions top")]
    [InlineData("", "region=us/1", "region=us/sub/1 regions top")]
    [InlineData("", "region=us/sub/1", "regions top")]
    [InlineData("region=us", "region=eu-de/1", "region=us/1 region=us/sub/1")]
    [InlineData("region=eu-de", "region=us", "")]
    [InlineData("", "zzz", "")]
    public async Task A_listing_has_what_begins_with_the_prefix_and_sorts_behind_the_mark(string prefix, string? after, string expected)
    {
        await Put("region=us/1", "regions", "region=eu-de/2", "top", "region=eu-de/1", "region=us/sub/1");

        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), await List(prefix, after));
    }

    [Fact]
    public async Task A_listing_knows_the_lengths_and_one_container_only()
    {
        await Store.PutAsync(Name("a"), Bytes("12345"), None);
        await Store.PutAsync(new BlobName("archive", "a"), Bytes("1"), None);

        var entries = new List<BlobEntry>();
        await foreach (var entry in Store.ListAsync("inbox", "", null, None))
        {
            entries.Add(entry);
        }

        Assert.Equal([new BlobEntry(Name("a"), 5)], entries);
    }

    [Fact]
    public async Task Blobs_may_be_deleted_while_they_are_listed()
    {
        await Put("a/1", "a/2", "b/1", "b/2", "c");

        var seen = new List<string>();
        await foreach (var entry in Store.ListAsync("inbox", "", null, None))
        {
            seen.Add(entry.Name.Path);
            await Store.DeleteAsync(entry.Name, None);
        }

        Assert.Equal(["a/1", "a/2", "b/1", "b/2", "c"], seen);
        Assert.Empty(await List(""));
    }

    [Fact]
    public async Task A_blob_that_is_deleted_while_it_is_read_can_be_read_on()
    {
        await Put("a");

        await using var stream = await Store.OpenReadAsync(Name("a"), 0, null, None);
        await Store.DeleteAsync(Name("a"), None);

        Assert.Equal((byte)'a', stream!.ReadByte());
    }

    [Fact]
    public async Task A_cancelled_call_does_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var token = cancelled.Token;
        await Put("there");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.PutAsync(Name("a"), Bytes("x"), token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.ReplaceAsync(Name("b"), Bytes("x"), null, token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.ReadAsync(Name("there"), token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.OpenReadAsync(Name("there"), 0, null, token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.DeleteAsync(Name("there"), token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Store.ListAsync("inbox", "", null, token))
            {
            }
        });
        Assert.Equal(["there"], await List(""));
    }

    [Fact]
    public async Task A_put_that_is_cancelled_while_it_is_written_leaves_nothing()
    {
        using var cancel = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.PutAsync(
            Name("a"),
            async (stream, _) =>
            {
                await stream.WriteAsync(Bytes("half"), None);
                await cancel.CancelAsync();
            },
            cancel.Token));

        Assert.Empty(await List(""));
    }
}
