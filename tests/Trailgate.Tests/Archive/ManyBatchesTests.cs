using System.Globalization;
using Trailgate.Archive;
using Trailgate.Storage;
using Trailgate.Tests.Storage;
using static Trailgate.Tests.Archive.ArchiveScene;

namespace Trailgate.Tests.Archive;

/// <summary>An inbox that nobody emptied for long.</summary>
public class ManyBatchesTests
{
    private const int Batches = 100_000;

    [Fact]
    public async Task A_hundred_thousand_batches_are_archived_while_no_more_than_one_plan_of_them_is_in_memory()
    {
        var scene = new ArchiveScene();
        var inbox = new EndlessInbox(scene.Store, Batches);
        var alive = new List<(int Batches, int Read)>();
        scene.Store.Before = call =>
        {
            if (call.Operation == BlobOperation.Put && call.Target.StartsWith("ledger/", StringComparison.Ordinal))
            {
                alive.Add(inbox.Alive());
            }
        };

        var done = await scene.Archiver(inbox).RunAsync(CancellationToken.None);

        // 10,000 batches a plan, each read once.
        Assert.Equal((10, Batches, new ArchiveCounts(Batches, Batches, 0, 0)), (done.Plans, done.Batches, done.Counts));
        Assert.Equal(0, inbox.Left);
        Assert.Equal(10, alive.Count);
        Assert.All(alive, moment => Assert.InRange(moment.Batches, 0, 10_000));
        Assert.InRange(inbox.Alive().Read, Batches, Batches + 1_000);
    }

    /// <summary>Makes each batch when it is read, so that what is in memory is what the run keeps.</summary>
    private sealed class EndlessInbox(IBlobStore others, int batches) : IBlobStore
    {
        private readonly HashSet<int> _gone = [];
        private readonly List<WeakReference> _read = [];

        public int Left => batches - _gone.Count;

        /// <summary>How many of the batches that were read somebody still holds, and how many were read.</summary>
        public (int Batches, int Read) Alive()
        {
            GC.Collect();
            return (_read.Count(batch => batch.IsAlive), _read.Count);
        }

        public Task<BlobContent?> ReadAsync(BlobName name, CancellationToken cancellationToken) => others.ReadAsync(name, cancellationToken);

        public Task<Stream?> OpenReadAsync(BlobName name, long offset, long? length, CancellationToken cancellationToken)
        {
            if (Number(name) is not { } number)
            {
                return others.OpenReadAsync(name, offset, length, cancellationToken);
            }

            // A minute apart, so that a plan has no more than a few hours.
            var content = Batch(Event($"e{number}", string.Create(CultureInfo.InvariantCulture, $"2026-11-22T0{number / 20_000}:{number / 100 % 60:D2}:00.000Z")));
            _read.Add(new WeakReference(content));
            return Task.FromResult<Stream?>(new MemoryStream(content));
        }

        public Task<bool> DeleteAsync(BlobName name, CancellationToken cancellationToken) =>
            Number(name) is { } number ? Task.FromResult(_gone.Add(number)) : others.DeleteAsync(name, cancellationToken);

        public async IAsyncEnumerable<BlobEntry> ListAsync(
            string container, string prefix, string? after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            if (container != Containers.Inbox)
            {
                await foreach (var entry in others.ListAsync(container, prefix, after, cancellationToken))
                {
                    yield return entry;
                }

                yield break;
            }

            for (var number = 0; number < batches; number++)
            {
                if (!_gone.Contains(number))
                {
                    yield return new BlobEntry(new BlobName(Containers.Inbox, BatchPath(number)), 400);
                }
            }
        }

        public Task<PutResult> PutAsync(BlobName name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken) =>
            others.PutAsync(name, write, cancellationToken);

        public Task<string?> ReplaceAsync(BlobName name, ReadOnlyMemory<byte> content, string? expectedVersion, CancellationToken cancellationToken) =>
            others.ReplaceAsync(name, content, expectedVersion, cancellationToken);

        private static int? Number(BlobName name) =>
            name.Container == Containers.Inbox && name.Path.StartsWith("batches/", StringComparison.Ordinal)
                ? int.Parse(name.Path.AsSpan(name.Path.Length - "000000000000.ndjson".Length, 12), CultureInfo.InvariantCulture)
                : null;
    }
}
