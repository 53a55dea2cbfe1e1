using System.Text;
using Trailgate.Storage;
using Trailgate.Tests.Storage;
using Trailgate.Tests.Support;
using static Trailgate.Tests.Ingest.Bodies;

namespace Trailgate.Tests.Ingest;

/// <summary>The budget of bytes in flight: two bodies of the largest size fill it.</summary>
public sealed class BudgetTests : IAsyncLifetime
{
    private const int MaxBody = 64 * 1024;

    private readonly MemoryBlobStore _store = new();
    private IngestServer _server = null!; // xunit calls InitializeAsync before any test

    public async Task InitializeAsync() => _server = await IngestServer.StartAsync(
        _store,
        new MemoryMessageQueue(new ManualTimeProvider()),
        ("Trailgate:Ingest:MaxBodyBytes", "65536"),
        ("Trailgate:Ingest:MaxInflatedBytes", "65536"),
        ("Trailgate:Ingest:InFlightBytes", "131072"));

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Beyond_it_a_body_is_refused_for_a_moment_and_then_taken()
    {
        using var first = await HoldAsync();
        using var second = await HoldAsync();

        var refused = await _server.PostAsync(Event());

        Assert.Equal((503, "urn:trailgate:problem:busy"), (refused.Status, refused.Text("type")));
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        Assert.Empty(_store.Blobs);

        await first.SendAsync(Padded(Event(), MaxBody));
        Assert.Equal(202, (await first.ReadAnswerAsync())?.Status);
        using var third = await HoldAsync();

        await second.SendAsync(Padded(Event(), MaxBody));
        Assert.Equal(202, (await second.ReadAnswerAsync())?.Status);
    }

    [Fact]
    public async Task A_chunked_body_is_counted_as_it_grows()
    {
        using var first = await HoldAsync();
        using var second = await HoldAsync();

        Assert.Equal(503, (await _server.PostAsync(Utf8(Event()), chunked: true)).Status);
    }

    [Fact]
    public async Task Large_bodies_that_are_announced_and_do_not_come_keep_nobody_out()
    {
        const int Large = 1024 * 1024;
        await using var server = await IngestServer.StartAsync(
            _store,
            new MemoryMessageQueue(new ManualTimeProvider()),
            ("Trailgate:Ingest:MaxBodyBytes", $"{Large}"),
            ("Trailgate:Ingest:MaxInflatedBytes", $"{Large}"),
            ("Trailgate:Ingest:InFlightBytes", $"{2 * Large}"));
        using var first = await RawConnection.OpenAsync(server.Url);
        using var second = await RawConnection.OpenAsync(server.Url);
        using var third = await RawConnection.OpenAsync(server.Url);
        foreach (var connection in (RawConnection[])[first, second, third])
        {
            await connection.SendAsync(RawConnection.Head("Expect: 100-continue", RawConnection.Length(Large)));
            Assert.Equal(100, (await connection.ReadAnswerAsync())?.Status);
        }

        Assert.Equal(202, (await server.PostAsync(Event())).Status);
        await first.SendAsync(Padded(Event(), Large));
        Assert.Equal(202, (await first.ReadAnswerAsync())?.Status);
    }

    [Fact]
    public async Task What_a_gzip_body_inflates_to_is_counted()
    {
        using var first = await HoldAsync();
        var small = Gzip(Padded(Event(), MaxBody));
        using var second = await HoldAsync(MaxBody - small.Length);

        Assert.Equal(503, (await _server.PostAsync(small, encoding: "gzip")).Status);
    }

    [Fact]
    public async Task The_largest_gzip_body_fits_into_the_smallest_budget()
    {
        // A header with a file name, as long as it takes to fill the wire, and a body as large as allowed.
        var gzip = Gzip(Padded(Event(), MaxBody));
        byte[] named = [.. gzip[..3], 8, .. gzip[4..10], .. Enumerable.Repeat((byte)'n', MaxBody - gzip.Length - 1), 0, .. gzip[10..]];
        Assert.Equal(MaxBody, named.Length);

        Assert.Equal(202, (await _server.PostAsync(named, encoding: "gzip")).Status);
    }

    public static TheoryData<string, int> Ends => new()
    {
        { "accepted", 202 },
        { "not json", 400 },
        { "not utf-8", 400 },
        { "bad gzip", 400 },
        { "damaged gzip", 400 },
        { "empty", 400 },
        { "too large", 413 },
        { "too large, chunked", 413 },
        { "bomb", 413 },
        { "too many", 413 },
        { "quarantined", 422 },
        { "storage away", 503 },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task It_is_given_back_however_a_request_ends(string end, int status)
    {
        _store.Before = call =>
        {
            if (end == "storage away" && call.Operation == BlobOperation.Put)
            {
                throw new StorageException("The disk is full.");
            }
        };
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(status, (await PostAsync(end)).Status);
        }

        await AssertAllIsFreeAsync();
    }

    [Fact]
    public async Task It_is_given_back_when_a_client_ends_its_body_early()
    {
        for (var i = 0; i < 10; i++)
        {
            using var connection = await HoldAsync();
            await connection.SendAsync("{");
            connection.EndSending();
            // What the server still says, if anything; then it has closed.
            while (await connection.ReadAnswerAsync() is not null)
            {
            }
        }

        await AssertAllIsFreeAsync();
    }

    [Fact]
    public async Task It_is_given_back_when_a_client_resets_its_connection()
    {
        for (var i = 0; i < 10; i++)
        {
            using var connection = await HoldAsync();
            await connection.SendAsync("{");
            connection.Reset();
        }

        await AssertAllIsFreeAsync();
    }

    /// <summary>
    /// A request whose bytes are counted and whose body has not come: it was asked for. The server gives the budget back
    /// when its answer is out already, and notices a reset in its own time, so it may take a few tries.
    /// </summary>
    private async Task<RawConnection> HoldAsync(int length = MaxBody)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            var connection = await RawConnection.OpenAsync(_server.Url);
            await connection.SendAsync(RawConnection.Head("Expect: 100-continue", RawConnection.Length(length)));
            var answer = await connection.ReadAnswerAsync();
            if (answer is { Status: 100 })
            {
                return connection;
            }

            connection.Dispose();
            Assert.Equal(503, answer?.Status);
            Assert.False(patience.IsCancellationRequested, "The budget is not given back.");
        }
    }

    private Task<Answer> PostAsync(string end) => end switch
    {
        "accepted" or "storage away" => _server.PostAsync(Padded(Event(), MaxBody)),
        "not json" => _server.PostAsync(Padded("{", MaxBody)),
        "not utf-8" => _server.PostAsync([.. Padded("{", MaxBody - 1), 0xFF]),
        "bad gzip" => _server.PostAsync(Padded("{", MaxBody), encoding: "gzip"),
        "damaged gzip" => _server.PostAsync(Flip(Gzip(Padded(Event(), MaxBody)), ^8, 1), encoding: "gzip"),
        "empty" => _server.PostAsync(Padded("", MaxBody)),
        "too large" => _server.PostAsync(Padded(Event(), MaxBody + 1)),
        "too large, chunked" => _server.PostAsync(Padded(Event(), MaxBody + 1), chunked: true),
        "bomb" => _server.PostAsync(Gzip(Padded(Event(), MaxBody + 1)), encoding: "gzip"),
        "too many" => _server.PostAsync(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{}\n", 10_001))), "application/x-ndjson"),
        "quarantined" => _server.PostAsync(Padded("{}", MaxBody)),
        _ => throw new ArgumentOutOfRangeException(nameof(end)),
    };

    private async Task AssertAllIsFreeAsync()
    {
        _store.Before = null;
        using var first = await HoldAsync();
        using var second = await HoldAsync();
    }
}
