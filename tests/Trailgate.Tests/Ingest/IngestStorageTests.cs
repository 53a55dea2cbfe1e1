using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Trailgate.Events;
using Trailgate.Storage;
using Trailgate.Tests.Storage;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Ingest;

/// <summary>What a request does to the store, and what its sender hears when the store fails.</summary>
public sealed class IngestStorageTests : IAsyncLifetime
{
    private readonly MemoryBlobStore _store = new();
    private readonly MemoryMessageQueue _queue = new(new ManualTimeProvider());
    private IngestServer _server = null!; // xunit calls InitializeAsync before any test

    public async Task InitializeAsync() => _server = await IngestServer.StartAsync(_store, _queue);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_failing_store_is_answered_503_with_nothing_kept_and_a_resend_is_taken_as_new()
    {
        var body = Bodies.Array(3);
        _store.Before = call => _ = call.Operation == BlobOperation.Put ? throw new StorageException("The disk is full.") : 0;

        var refused = await _server.PostAsync(body);

        Assert.Equal((503, "urn:trailgate:problem:storage-unavailable"), (refused.Status, refused.Text("type")));
        Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.DoesNotContain("disk", refused.Body, StringComparison.Ordinal);
        Assert.Empty(_store.Blobs);

        _store.Before = null;
        Assert.Equal((3, 0, 0), (await _server.PostAsync(body)).Counts);
    }

    [Fact]
    public async Task After_a_lost_answer_of_the_store_a_resend_is_harmless()
    {
        var body = Bodies.Event();
        _store.After = call => _ = call.Operation == BlobOperation.Put ? throw new StorageException("The answer is lost.") : 0;
        Assert.Equal(503, (await _server.PostAsync(body)).Status);
        _store.After = null;

        Assert.Equal(202, (await _server.PostAsync(body)).Status);

        // Two copies, both counted: the archive run removes one.
        var batches = await _server.TakeNewBatchesAsync();
        Assert.Equal(2, batches.Count);
        Assert.Single(batches.SelectMany(batch => batch.Lines).Select(Id).Distinct());
    }

    [Fact]
    public async Task The_full_event_is_durable_before_the_limited_one_and_named_by_its_content()
    {
        var order = new List<string>();
        _store.After = call => order.Add(call.Target);

        var answer = await _server.PostAsync(Bodies.Event(more: ",\"responseData\":{\"a\":\"" + new string('x', 20_000) + "\"}"));

        Assert.Equal((1, 0, 0), answer.Counts);
        Assert.Equal(2, order.Count);
        Assert.StartsWith("archive/overflow/", order[0], StringComparison.Ordinal);
        Assert.StartsWith("inbox/batches/", order[1], StringComparison.Ordinal);
        using var line = JsonDocument.Parse(Assert.Single(Assert.Single(await _server.TakeNewBatchesAsync()).Lines));
        var path = line.RootElement.GetProperty("trailgate").GetProperty("limited")[0].GetProperty("overflow").GetString()!;
        var full = Inflate(_store.Blobs.Single(blob => blob.Key == new BlobName(Containers.Archive, path)).Value);
        var hash = Convert.ToHexStringLower(SHA256.HashData(full));
        Assert.Equal($"overflow/{hash[..2]}/{hash}.json.gz", path);
        Assert.Contains(new string('x', 20_000), Encoding.UTF8.GetString(full), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_whose_full_form_can_not_be_kept_is_not_kept_either()
    {
        _store.Before = call => _ = call.Target.StartsWith("archive/overflow/", StringComparison.Ordinal) ? throw new StorageException("The disk is full.") : 0;

        var answer = await _server.PostAsync("[" + Bodies.Event() + "," + Bodies.Event(more: ",\"message\":\"" + new string('x', 20_000) + "\"") + "]");

        Assert.Equal(503, answer.Status);
        Assert.Empty(_store.Blobs);
    }

    [Fact]
    public async Task An_event_is_called_a_duplicate_only_when_it_is_durable_already()
    {
        var body = Bodies.Event();
        _store.Before = call => _ = call.Operation == BlobOperation.Put ? throw new StorageException("The disk is full.") : 0;
        await _server.PostAsync(body);
        _store.Before = null;

        var first = await _server.PostAsync(body);
        var second = await _server.PostAsync(body);

        Assert.Equal("accepted", first.Results[0].GetProperty("status").GetString());
        Assert.Equal("duplicate", second.Results[0].GetProperty("status").GetString());
        Assert.Equal(first.Results[0].GetProperty("id").GetString(), second.Results[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task Nothing_is_written_for_a_body_without_items()
    {
        Assert.Equal(202, (await _server.PostAsync("[]")).Status);

        Assert.Empty(_store.Blobs);
    }

    private static string Id(ReadOnlyMemory<byte> line) => EventLine.TryRead(line.Span, out var read) ? read.Id.ToString() : throw new InvalidDataException();

    private static byte[] Inflate(ReadOnlyMemory<byte> bytes)
    {
        using var gzip = new GZipStream(new MemoryStream(bytes.ToArray()), CompressionMode.Decompress);
        using var memory = new MemoryStream();
        gzip.CopyTo(memory);
        return memory.ToArray();
    }
}
