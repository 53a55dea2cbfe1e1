using System.Globalization;
using System.Text.Json;
using Trailgate.Tests.Storage;
using static Trailgate.Tests.Ingest.Bodies;

namespace Trailgate.Tests.Ingest;

/// <summary>What clients do to connections, byte by byte.</summary>
public sealed class ConnectionTests(SharedIngestServer shared) : IClassFixture<SharedIngestServer>
{
    private IngestServer Server => shared.Server;

    [Fact]
    public async Task A_gzip_body_cut_off_at_any_byte_is_refused_and_nothing_of_it_kept()
    {
        var wire = Gzip(Event());
        var before = await Server.CountBlobsAsync();
        using var connection = await RawConnection.OpenAsync(Server.Url);

        for (var length = 1; length < wire.Length; length++)
        {
            await connection.SendAsync(RawConnection.Head("Content-Encoding: gzip", RawConnection.Length(length)));
            await connection.SendAsync(wire.AsMemory(0, length));
            var answer = await connection.ReadAnswerAsync();

            Assert.True(answer is { Status: 400 }, $"{length} bytes: {answer}");
            Assert.Contains("bad-gzip", answer.Value.Body, StringComparison.Ordinal);
        }

        Assert.Equal(before, await Server.CountBlobsAsync());
    }

    [Fact]
    public async Task A_body_that_ends_before_its_length_is_refused_and_nothing_of_it_kept()
    {
        var before = await Server.CountBlobsAsync();
        var body = Event();
        using var connection = await RawConnection.OpenAsync(Server.Url);

        await connection.SendAsync(RawConnection.Head(RawConnection.Length(body.Length + 1)) + body);
        connection.EndSending();
        var answer = await connection.ReadAnswerAsync();

        Assert.True(answer is null or { Status: 400 }, answer.ToString());
        Assert.Equal(before, await Server.CountBlobsAsync());
        await AssertAnswersAsync();
    }

    [Fact]
    public async Task A_chunked_body_that_ends_before_its_last_chunk_is_refused_and_nothing_of_it_kept()
    {
        var before = await Server.CountBlobsAsync();
        var body = Event();
        using var connection = await RawConnection.OpenAsync(Server.Url);

        await connection.SendAsync(RawConnection.Head("Transfer-Encoding: chunked") + body.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n" + body + "\r\n");
        connection.EndSending();
        var answer = await connection.ReadAnswerAsync();

        Assert.True(answer is null or { Status: 400 }, answer.ToString());
        Assert.Equal(before, await Server.CountBlobsAsync());
        await AssertAnswersAsync();
    }

    [Theory]
    [InlineData("zz\r\n")]
    [InlineData("FFFFFFFFF\r\n")]
    [InlineData("FFFFFFFFFFFFFFFFFFFF\r\n")]
    public async Task Broken_chunks_are_refused_and_nothing_of_them_kept(string chunk)
    {
        var before = await Server.CountBlobsAsync();
        using var connection = await RawConnection.OpenAsync(Server.Url);

        await connection.SendAsync(RawConnection.Head("Transfer-Encoding: chunked") + chunk + Event() + "\r\n0\r\n\r\n");
        var answer = await connection.ReadAnswerAsync();

        Assert.Equal(400, answer?.Status);
        Assert.Equal(before, await Server.CountBlobsAsync());
    }

    [Fact]
    public async Task A_connection_reset_in_the_middle_of_a_body_leaves_nothing_behind()
    {
        var store = new MemoryBlobStore();
        await using var server = await IngestServer.StartAsync(store, new MemoryMessageQueue(TimeProvider.System));
        var body = Event();
        using var connection = await RawConnection.OpenAsync(server.Url);
        await connection.SendAsync(RawConnection.Head("Expect: 100-continue", RawConnection.Length(body.Length + 1)));
        Assert.Equal(100, (await connection.ReadAnswerAsync())?.Status);
        await connection.SendAsync(body);
        connection.Reset();

        Assert.Equal(202, (await server.PostAsync(Event())).Status);
        await server.StopAsync();

        Assert.Single(store.Blobs);
    }

    [Fact]
    public async Task A_body_that_comes_byte_by_byte_is_taken_as_a_whole()
    {
        await Server.TakeNewBatchesAsync();
        var body = Utf8(Event());
        using var connection = await RawConnection.OpenAsync(Server.Url);

        await connection.SendAsync(RawConnection.Head(RawConnection.Length(body.Length)));
        for (var i = 0; i < body.Length; i++)
        {
            await connection.SendAsync(body.AsMemory(i, 1));
        }

        Assert.Equal(202, (await connection.ReadAnswerAsync())?.Status);
        Assert.Equal(1, Assert.Single(await Server.TakeNewBatchesAsync()).Trailer.Lines);
    }

    [Fact]
    public async Task A_body_that_waits_for_100_continue_is_asked_for()
    {
        var body = Event();
        using var connection = await RawConnection.OpenAsync(Server.Url);

        await connection.SendAsync(RawConnection.Head("Expect: 100-continue", RawConnection.Length(body.Length)));
        Assert.Equal(100, (await connection.ReadAnswerAsync())?.Status);
        await connection.SendAsync(body);

        Assert.Equal(202, (await connection.ReadAnswerAsync())?.Status);
    }

    [Theory]
    [InlineData("Content-Length: 1073741824", 413)]
    [InlineData("Content-Length: 100\r\nContent-Encoding: br", 415)]
    public async Task A_body_that_will_be_refused_is_not_asked_for(string header, int status)
    {
        using var connection = await RawConnection.OpenAsync(Server.Url);

        await connection.SendAsync(RawConnection.Head("Expect: 100-continue", header));

        Assert.Equal(status, (await connection.ReadAnswerAsync())?.Status);
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_in_their_order()
    {
        string first = Event(), broken = "{broken", third = Event();
        using var connection = await RawConnection.OpenAsync(Server.Url);

        await connection.SendAsync(
            RawConnection.Head(RawConnection.Length(first.Length)) + first
            + RawConnection.Head(RawConnection.Length(broken.Length)) + broken
            + RawConnection.Head("Content-Encoding: br", RawConnection.Length(first.Length)) + first
            + RawConnection.Head(RawConnection.Length(third.Length)) + third
            + RawConnection.Head(RawConnection.Length(first.Length)) + first);

        Assert.Equal(202, (await connection.ReadAnswerAsync())?.Status);
        Assert.Equal(400, (await connection.ReadAnswerAsync())?.Status);
        Assert.Equal(415, (await connection.ReadAnswerAsync())?.Status);
        Assert.Equal("accepted", await StatusOfNextAsync(connection));
        Assert.Equal("duplicate", await StatusOfNextAsync(connection));
    }

    private static async Task<string?> StatusOfNextAsync(RawConnection connection)
    {
        using var json = JsonDocument.Parse((await connection.ReadAnswerAsync())!.Value.Body);
        return json.RootElement.GetProperty("results")[0].GetProperty("status").GetString();
    }

    private async Task AssertAnswersAsync() => Assert.Equal(202, (await Server.PostAsync(Event())).Status);
}
