using System.Text;
using Trailgate.Archive;
using Trailgate.Storage;
using Trailgate.Tests.Storage;

namespace Trailgate.Tests.Archive;

public class PlanMemoryTests
{
    private const int PlanBytes = 1024;

    private readonly MemoryBlobStore _store = new();

    [Fact]
    public async Task Blobs_of_any_length_stand_as_they_were_until_the_memory_is_cleared()
    {
        var memory = new PlanMemory(PlanBytes);
        var read = new List<(byte[] Written, ReadOnlyMemory<byte> Read)>();

        foreach (var length in (int[])[0, 1, PlanBytes, PlanBytes - 1, 5 * PlanBytes, 300, 300, 300, 300, 40 * PlanBytes])
        {
            var bytes = Content(length);
            read.Add((bytes, await ReadAsync(memory, bytes)));
        }

        Assert.All(read, one => Assert.Equal(one.Written, one.Read.ToArray()));
    }

    [Fact]
    public async Task The_next_plan_lies_where_the_one_before_lay()
    {
        var memory = new PlanMemory(PlanBytes);
        var before = await ReadAsync(memory, Content(100));

        memory.Clear();
        var after = await ReadAsync(memory, Content(100, seed: 7));

        Assert.True(before.Span == after.Span);
        Assert.Equal(Content(100, seed: 7), after.ToArray());
    }

    [Fact]
    public async Task A_trimmed_memory_takes_another_plan()
    {
        var memory = new PlanMemory(PlanBytes);
        await ReadAsync(memory, Content(9 * PlanBytes));

        memory.Trim();
        var after = await ReadAsync(memory, Content(100));

        Assert.Equal(Content(100), after.ToArray());
    }

    [Fact]
    public async Task A_blob_that_is_not_there_is_null_and_not_empty()
    {
        var memory = new PlanMemory(PlanBytes);

        Assert.Null(await memory.ReadAsync(_store, new BlobName(Containers.Inbox, "batches/none"), CancellationToken.None));
    }

    [Fact]
    public async Task A_blob_that_vanishes_while_it_is_read_is_null()
    {
        var memory = new PlanMemory(PlanBytes);
        var name = new BlobName(Containers.Inbox, "batches/vanishes");
        await _store.PutAsync(name, Encoding.UTF8.GetBytes("x"), CancellationToken.None);
        _store.Before = call =>
        {
            if (call.Operation == BlobOperation.OpenRead)
            {
                _store.Before = null;
                _store.DeleteAsync(name, CancellationToken.None).GetAwaiter().GetResult();
                throw new StorageException("the stream broke");
            }
        };

        Assert.Null(await memory.ReadAsync(_store, name, CancellationToken.None));
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(PlanMemory memory, byte[] bytes)
    {
        var name = new BlobName(Containers.Inbox, $"batches/{Guid.NewGuid():N}");
        await _store.PutAsync(name, bytes, CancellationToken.None);
        return await memory.ReadAsync(_store, name, CancellationToken.None) ?? throw new InvalidOperationException("It was put just now.");
    }

    private static byte[] Content(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed + length).NextBytes(bytes);
        return bytes;
    }
}
