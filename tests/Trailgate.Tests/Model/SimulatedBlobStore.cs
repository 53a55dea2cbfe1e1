using System.Runtime.CompilerServices;
using Trailgate.Storage;

namespace Trailgate.Tests.Model;

/// <summary>How one process sees a store: every call waits for the schedule.</summary>
internal sealed class SimulatedBlobStore(SimulatedDisk disk, SimulatedProcess process, Simulation simulation) : IBlobStore
{
    // Others get their turn between the pages of a listing.
    private const int PageLength = 5;

    public async Task<PutResult> PutAsync(BlobName name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        using var memory = new MemoryStream();
        await write(memory, cancellationToken);
        var bytes = memory.ToArray();
        return (PutResult)(await CallAsync(OperationKind.Put, name.ToString(), () => disk.Put(name, bytes, process)))!;
    }

    public async Task<string?> ReplaceAsync(BlobName name, ReadOnlyMemory<byte> content, string? expectedVersion, CancellationToken cancellationToken)
    {
        var bytes = content.ToArray();
        return (string?)await CallAsync(OperationKind.Replace, name.ToString(), () => disk.Replace(name, bytes, expectedVersion));
    }

    public async Task<BlobContent?> ReadAsync(BlobName name, CancellationToken cancellationToken) =>
        (BlobContent?)await CallAsync(OperationKind.Read, name.ToString(), () => disk.Read(name));

    public async Task<Stream?> OpenReadAsync(BlobName name, long offset, long? length, CancellationToken cancellationToken) =>
        (Stream?)await CallAsync(OperationKind.Open, name.ToString(), () => Open(name, offset, length));

    public async Task<bool> DeleteAsync(BlobName name, CancellationToken cancellationToken) =>
        (bool)(await CallAsync(OperationKind.Delete, name.ToString(), () => disk.Delete(name)))!;

    public async IAsyncEnumerable<BlobEntry> ListAsync(
        string container, string prefix, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<BlobEntry> page;
        do
        {
            var from = after;
            page = (List<BlobEntry>)(await CallAsync(OperationKind.List, $"{container}/{prefix}", () => disk.List(container, prefix, from, PageLength)))!;
            foreach (var entry in page)
            {
                yield return entry;
                after = entry.Name.Path;
            }
        }
        while (page.Count == PageLength);
    }

    public override string ToString() => disk.Name;

    private MemoryStream? Open(BlobName name, long offset, long? length)
    {
        if (disk.Read(name) is not { } blob)
        {
            return disk.Exists(name) ? new MemoryStream() : null;
        }

        var start = (int)Math.Min(offset, blob.Bytes.Length);
        var count = (int)Math.Min(length ?? long.MaxValue, blob.Bytes.Length - start);
        return new MemoryStream(blob.Bytes.Slice(start, count).ToArray(), writable: false);
    }

    private Task<object?> CallAsync(OperationKind kind, string target, Func<object?> apply) =>
        simulation.CallAsync(process, kind, $"{disk.Name}:{target}", apply, disk.PlanChanges);
}
