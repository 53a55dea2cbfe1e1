using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Trailgate.Alerts;
using Trailgate.Alerts.Rules;
using Trailgate.Events;
using Trailgate.Ingest;
using Trailgate.Normalize;
using Trailgate.Storage;
using Trailgate.Tests.Ingest.Envelopes;
using Trailgate.Tests.Storage;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Ingest;

/// <summary>Group commit, on a store whose every step the test holds in its hand, with a clock that never moves.</summary>
public sealed class InboxTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly MemoryBlobStore _store = new();
    private readonly MemoryMessageQueue _queue;
    private readonly Store _default;
    private readonly AlertDispatcher _alerts;
    private readonly BodyNormalizer _normalizer;
    private readonly List<IDisposable> _disposables = [];

    public InboxTests()
    {
        _queue = new MemoryMessageQueue(_time);
        _default = OneStore.Over(_store);
        _alerts = new AlertDispatcher(new Stores(_default), _queue, RuleSet.Default, _time, NullLogger<AlertDispatcher>.Instance);
        _normalizer = new BodyNormalizer(new IngestOptions(), new RedactionSettings(), new RegionTable([]), _alerts);
    }

    public void Dispose()
    {
        _disposables.Reverse();
        _disposables.ForEach(disposable => disposable.Dispose());
    }

    [Fact]
    public async Task A_lone_request_is_committed_at_once_without_any_timer()
    {
        var inbox = NewInbox(2);

        await inbox.CommitAsync(Submit(Bodies.Event()));

        Assert.Equal(0, _time.PendingTimers);
        Assert.Equal(1, Assert.Single(Batches()).Trailer.Lines);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task What_arrives_while_commits_are_under_way_joins_the_next_one(int commits)
    {
        var inbox = NewInbox(commits);
        using var gate = new Gate();
        _store.Before = call => gate.Pass(IsBatch(call) && call.Number <= commits);
        List<Task> done = [];
        for (var i = 0; i < commits; i++)
        {
            done.Add(inbox.CommitAsync(Submit(Bodies.Event())));
            gate.AwaitOne();
        }

        done.AddRange(Enumerable.Range(0, 5).Select(_ => inbox.CommitAsync(Submit(Bodies.Array(2)))));
        Assert.DoesNotContain(done, task => task.IsCompleted);
        gate.Open();
        await Task.WhenAll(done);

        Assert.Equal([.. Enumerable.Repeat(1, commits), 10], Batches().Select(batch => batch.Trailer.Lines).Order());
    }

    [Fact]
    public async Task A_batch_is_closed_before_it_has_more_than_8_MiB()
    {
        var inbox = NewInbox(1);
        using var gate = new Gate();
        _store.Before = call => gate.Pass(IsBatch(call) && call.Number == 1);
        List<Task> done = [inbox.CommitAsync(Submit(Bodies.Event()))];
        gate.AwaitOne();

        // Some 3 MiB each: two of them fit.
        var filler = ",\"message\":\"" + new string('m', 10 * 1024) + "\"";
        for (var i = 0; i < 3; i++)
        {
            done.Add(inbox.CommitAsync(Submit("[" + string.Join(',', Enumerable.Range(0, 300).Select(_ => Bodies.Event(more: filler))) + "]")));
        }

        gate.Open();
        await Task.WhenAll(done);

        Assert.Equal([1, 300, 600], Batches().Select(batch => batch.Trailer.Lines).Order());
    }

    [Fact]
    public async Task A_failing_put_fails_exactly_the_requests_of_its_batch()
    {
        var inbox = NewInbox(1);
        using var gate = new Gate();
        _store.Before = call =>
        {
            gate.Pass(IsBatch(call) && call.Number == 1);
            if (IsBatch(call) && call.Number == 2)
            {
                throw new StorageException("The disk is full.");
            }
        };
        var before = inbox.CommitAsync(Submit(Bodies.Event()));
        gate.AwaitOne();
        Submission second = Submit(Bodies.Event()), third = Submit(Bodies.Event());
        Task[] failing = [inbox.CommitAsync(second), inbox.CommitAsync(third)];
        gate.Open();

        await before;
        await Assert.ThrowsAsync<StorageException>(() => failing[0]);
        await Assert.ThrowsAsync<StorageException>(() => failing[1]);
        Assert.Single(Batches());

        await Task.WhenAll(inbox.CommitAsync(second), inbox.CommitAsync(third), inbox.CommitAsync(Submit(Bodies.Event())));
        Assert.Equal(4, Batches().Sum(batch => batch.Trailer.Lines));
    }

    [Fact]
    public async Task Whatever_a_put_throws_its_requests_hear_of_it_and_the_next_batch_goes_on()
    {
        var inbox = NewInbox(1);
        _store.Before = call => _ = IsBatch(call) && call.Number == 1 ? throw new InvalidOperationException("A fault in the store.") : 0;

        var fault = await Assert.ThrowsAsync<StorageException>(() => inbox.CommitAsync(Submit(Bodies.Event())));
        await inbox.CommitAsync(Submit(Bodies.Event()));

        Assert.IsType<InvalidOperationException>(fault.InnerException);
        Assert.Single(Batches());
    }

    [Fact]
    public async Task The_trailer_counts_what_stands_above_it_and_has_its_merkle_root()
    {
        var inbox = NewInbox(1);
        using var gate = new Gate();
        _store.Before = call => gate.Pass(IsBatch(call) && call.Number == 1);
        var held = inbox.CommitAsync(Submit(Bodies.Event()));
        gate.AwaitOne();
        Task[] joined =
        [
            inbox.CommitAsync(Submit("[" + Bodies.Event(region: "eu-de") + "," + Bodies.Event(region: "us-south") + ",{}]")),
            inbox.CommitAsync(Submit(Bodies.Event(region: "us-south") + "\nnull")),
        ];
        gate.Open();
        await Task.WhenAll([held, .. joined]);

        var bytes = _store.Blobs.Where(blob => blob.Key.Container == Containers.Inbox).Select(blob => blob.Value).Single(blob => Batch.Read(blob, out _)!.Trailer.Lines == 5);
        var text = Encoding.UTF8.GetString(bytes.Span);
        var lines = text.TrimEnd('\n').Split('\n');
        var above = string.Concat(lines[..^1].Select(line => line + "\n"));
        Assert.Equal(6, lines.Length);
        Assert.Equal(
            "{\"batch\":{\"schema\":2,\"lines\":5,\"merkleRoot\":\"" + MerkleRoot.OfLines(above)
            + "\",\"regions\":{\"eu-de\":{\"received\":1,\"quarantined\":0},\"unknown\":{\"received\":2,\"quarantined\":2},\"us-south\":{\"received\":2,\"quarantined\":0}}}}",
            lines[^1]);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.Equal(2, lines.Count(line => line.StartsWith("{\"quarantined\":", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(20)]
    [InlineData(200)]
    public async Task Events_of_many_requests_get_their_ids_together_and_are_what_they_are_alone(int requests)
    {
        var bodies = Enumerable.Range(0, requests).Select(i => Bodies.Event(
            i % 5 == 0 ? "delete" : "read", more: $",\"message\":\"{new string('m', i % 7 == 4 ? 20_000 : i * 13 % 400)}\"")).ToArray();
        var inbox = NewInbox(1);
        using var gate = new Gate();
        _store.Before = call => gate.Pass(IsBatch(call) && call.Number == 1);
        List<Task> done = [inbox.CommitAsync(Submit(Bodies.Event()))];
        gate.AwaitOne();
        var intakes = bodies.Select(Take).ToList();
        done.AddRange(intakes.Select(intake => inbox.CommitAsync(intake.Submissions[0])));
        gate.Open();
        await Task.WhenAll(done);

        var alone = bodies.Select(body => Opening.OpenEvent(body)).ToList();
        Assert.Equal(alone.Select(item => item.Id), intakes.Select(intake => intake.Results[0].Id));
        var lines = Batches().Single(batch => batch.Trailer.Lines == requests).Lines.Select(line => Encoding.UTF8.GetString(line.Span)[7..39]);
        Assert.Equal(alone.Select(item => item.Id.ToString()), lines);
        Assert.Equal(alone.Select(item => item.Alerts), intakes.Select(intake => intake.Submissions[0].Matching.Count == 1));
        Assert.Contains(alone, item => item.Alerts);
    }

    [Fact]
    public async Task Matches_are_queued_before_their_request_is_answered_and_no_other_waits_for_them()
    {
        var inbox = NewInbox(1);
        using Gate storeGate = new(), queueGate = new();
        _store.Before = call => storeGate.Pass(IsBatch(call) && call.Number == 1);
        _queue.Before = call => queueGate.Pass(call.Operation == QueueOperation.Send);
        var held = inbox.CommitAsync(Submit(Bodies.Event()));
        storeGate.AwaitOne();
        var plain = inbox.CommitAsync(Submit(Bodies.Event()));
        var matching = inbox.CommitAsync(Submit(Bodies.Event("delete")));
        var quarantined = inbox.CommitAsync(Submit("{}"));
        storeGate.Open();

        await held;
        await plain;
        queueGate.AwaitOne();
        Assert.False(matching.IsCompleted);
        Assert.False(quarantined.IsCompleted);
        Assert.Empty(_queue.Bodies);

        queueGate.Open();
        await Task.WhenAll(matching, quarantined);
        Assert.Single(_queue.Bodies);
    }

    [Fact]
    public async Task A_batch_is_durable_before_its_matches_and_they_before_their_message()
    {
        var order = new List<string>();
        var inbox = NewInbox(1);
        _store.After = call => Note(order, call.Target.Split('/') is [var container, var kind, ..] ? $"{container}/{kind}" : call.Target);
        _queue.After = call => Note(order, call.Operation.ToString());

        await inbox.CommitAsync(Submit(Bodies.Event("delete")));

        Assert.Equal(["inbox/batches", "alerts/matches", "Send"], Noted(order).Take(3));
    }

    [Fact]
    public async Task A_request_whose_alerts_can_not_be_queued_is_durable_and_answered()
    {
        var inbox = NewInbox(1);
        _queue.Before = _ => throw new StorageException("The queue is away.");

        await inbox.CommitAsync(Submit(Bodies.Event("delete")));

        Assert.Single(Batches());
    }

    [Fact]
    public async Task What_was_handed_over_is_committed_when_the_inbox_is_stopped()
    {
        var inbox = NewInbox(1);
        using var gate = new Gate();
        _store.Before = call => gate.Pass(IsBatch(call) && call.Number == 1);
        List<Task> done = [inbox.CommitAsync(Submit(Bodies.Event()))];
        gate.AwaitOne();
        done.AddRange([inbox.CommitAsync(Submit(Bodies.Event())), inbox.CommitAsync(Submit(Bodies.Event("delete")))]);

        var stopped = Task.Run(inbox.Dispose);
        gate.Open();
        await stopped;

        Assert.Equal(3, Batches().Sum(batch => batch.Trailer.Lines));
        Assert.Single(_queue.Bodies);
        await Task.WhenAll(done); // the pool's threads answer, in their own time
        await Assert.ThrowsAsync<InvalidOperationException>(() => inbox.CommitAsync(Submit(Bodies.Event())));
    }

    [Fact]
    public async Task A_store_that_meets_its_own_first_try_has_done_it()
    {
        var inbox = NewInbox(1, new RetryingStore(_store, foreign: null));

        await inbox.CommitAsync(Submit(Bodies.Event("delete")));

        Assert.Equal(1, Assert.Single(Batches()).Trailer.Lines);
        Assert.Single(_queue.Bodies);
    }

    [Fact]
    public async Task Foreign_content_under_the_name_of_a_batch_is_no_success()
    {
        var inbox = NewInbox(1, new RetryingStore(_store, "foreign\n"u8.ToArray()));

        await Assert.ThrowsAsync<StorageException>(() => inbox.CommitAsync(Submit(Bodies.Event())));
    }

    private static bool IsBatch(BlobCall call) => call.Operation == BlobOperation.Put && call.Target.StartsWith("inbox/batches/", StringComparison.Ordinal);

    private static void Note(List<string> order, string what)
    {
        lock (order)
        {
            order.Add(what);
        }
    }

    private static string[] Noted(List<string> order)
    {
        lock (order)
        {
            return [.. order];
        }
    }

    private Inbox NewInbox(int commits, IBlobStore? store = null)
    {
        var inbox = new Inbox(store is null ? _default : OneStore.Over(store), _alerts, Options.Create(new IngestOptions { Commits = commits }), _time, NullLogger<Inbox>.Instance);
        _disposables.Add(inbox);
        return inbox;
    }

    private Submission Submit(string body) => Assert.Single(Take(body).Submissions);

    private Intake Take(string body)
    {
        var reception = new Reception(null, EventTime.From(_time.GetUtcNow()));
        var intake = new Intake(OneStore.Residency(_default), _default, body.Length);
        _disposables.Insert(0, intake);
        Assert.Null(_normalizer.Normalize(Encoding.UTF8.GetBytes(body), BodyFormat.Json, cloudEvent: null, reception, intake));
        return intake;
    }

    private IReadOnlyList<Batch> Batches() =>
    [
        .. _store.Blobs
            .Where(blob => blob.Key.Container == Containers.Inbox)
            .Select(blob => Batch.Read(blob.Value, out var damage) ?? throw new InvalidDataException(damage)),
    ];

    /// <summary>Holds calls until it is opened, and tells the test that one has come.</summary>
    private sealed class Gate : IDisposable
    {
        private readonly SemaphoreSlim _arrived = new(0);
        private readonly ManualResetEventSlim _open = new();

        public void Pass(bool held)
        {
            if (held)
            {
                _arrived.Release();
                _open.Wait();
            }
        }

        public void AwaitOne() => Assert.True(_arrived.Wait(TimeSpan.FromMinutes(1)), "Nothing came to the gate.");

        public void Open() => _open.Set();

        public void Dispose()
        {
            _open.Set();
            _arrived.Dispose();
        }
    }

    /// <summary>Puts each blob twice, as a client does that lost the first answer; or finds what another has put there.</summary>
    private sealed class RetryingStore(MemoryBlobStore inner, byte[]? foreign) : IBlobStore
    {
        public async Task<PutResult> PutAsync(BlobName name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
        {
            await inner.PutAsync(name, foreign is null ? write : (stream, token) => stream.WriteAsync(foreign, token).AsTask(), cancellationToken);
            return await inner.PutAsync(name, write, cancellationToken);
        }

        public Task<string?> ReplaceAsync(BlobName name, ReadOnlyMemory<byte> content, string? expectedVersion, CancellationToken cancellationToken) =>
            inner.ReplaceAsync(name, content, expectedVersion, cancellationToken);

        public Task<BlobContent?> ReadAsync(BlobName name, CancellationToken cancellationToken) => inner.ReadAsync(name, cancellationToken);

        public Task<Stream?> OpenReadAsync(BlobName name, long offset, long? length, CancellationToken cancellationToken) =>
            inner.OpenReadAsync(name, offset, length, cancellationToken);

        public Task<bool> DeleteAsync(BlobName name, CancellationToken cancellationToken) => inner.DeleteAsync(name, cancellationToken);

        public IAsyncEnumerable<BlobEntry> ListAsync(string container, string prefix, string? after, CancellationToken cancellationToken) =>
            inner.ListAsync(container, prefix, after, cancellationToken);
    }
}
