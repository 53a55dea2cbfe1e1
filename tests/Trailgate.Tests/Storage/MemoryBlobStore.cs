using System.Runtime.CompilerServices;
using Trailgate.Storage;

namespace Trailgate.Tests.Storage;

/// <summary>What a call of the store does.</summary>
public enum BlobOperation
{
    Put,
    Replace,
    Read,
    OpenRead,
    Delete,
    List,
}

/// <summary>One call of the store.</summary>
/// <param name="Operation">What it does.</param>
/// <param name="Target">Container and path; for a listing the container and the prefix.</param>
/// <param name="Number">1 for the first call of this operation on the store, 2 for the second.</param>
public readonly record struct BlobCall(BlobOperation Operation, string Target, int Number);

/// <summary>
/// A blob store in memory, as exact as the contract tests ask. It keeps the file store's restrictions too: a blob can not
/// be a directory of another. Tests make it fail through <see cref="Before"/> and <see cref="After"/>.
/// </summary>
public sealed class MemoryBlobStore : IBlobStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<BlobName, BlobContent> _blobs = [];
    private readonly HashSet<string> _directories = [];
    private readonly int[] _calls = new int[Enum.GetValues<BlobOperation>().Length];
    private long _lastVersion;

    /// <summary>Called before an operation; what it throws comes out of the call, and nothing was applied.</summary>
    public Action<BlobCall>? Before { get; set; }

    /// <summary>Called when an operation was applied; what it throws comes out of the call all the same, like a lost answer.</summary>
    public Action<BlobCall>? After { get; set; }

    /// <summary>All that is stored, in order of the names.</summary>
    public IReadOnlyList<KeyValuePair<BlobName, ReadOnlyMemory<byte>>> Blobs
    {
        get
        {
            lock (_gate)
            {
                return [.. _blobs.OrderBy(blob => blob.Key).Select(blob => KeyValuePair.Create(blob.Key, blob.Value.Bytes))];
            }
        }
    }

    /// <summary>Another store with the same blobs. It has been called by nobody yet.</summary>
    public MemoryBlobStore Copy()
    {
        var copy = new MemoryBlobStore();
        foreach (var (name, bytes) in Blobs)
        {
            copy.Add(name, bytes.ToArray());
        }

        return copy;
    }

    public async Task<PutResult> PutAsync(BlobName name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        var call = Begin(BlobOperation.Put, name.ToString(), cancellationToken);
        PutResult result;
        if (Exists(name))
        {
            result = PutResult.AlreadyExists;
        }
        else
        {
            using var memory = new MemoryStream();
            await using (var stream = new ForwardOnlyStream(memory))
            {
                await write(stream, cancellationToken);
            }

            cancellationToken.ThrowIfCancellationRequested();
            result = Add(name, memory.ToArray());
        }

        After?.Invoke(call);
        return result;
    }

    public Task<string?> ReplaceAsync(BlobName name, ReadOnlyMemory<byte> content, string? expectedVersion, CancellationToken cancellationToken) =>
        Run<string?>(BlobOperation.Replace, name, () =>
        {
            if (_blobs.GetValueOrDefault(name)?.Version != expectedVersion)
            {
                return null;
            }

            Claim(name);
            return Store(name, content.ToArray());
        }, cancellationToken);

    public Task<BlobContent?> ReadAsync(BlobName name, CancellationToken cancellationToken) =>
        Run(BlobOperation.Read, name, () => _blobs.GetValueOrDefault(name), cancellationToken);

    public Task<Stream?> OpenReadAsync(BlobName name, long offset, long? length, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length ?? 0, nameof(length));
        return Run<Stream?>(BlobOperation.OpenRead, name, () =>
        {
            if (_blobs.GetValueOrDefault(name) is not { } blob)
            {
                return null;
            }

            var start = (int)Math.Min(offset, blob.Bytes.Length);
            var count = (int)Math.Min(length ?? long.MaxValue, blob.Bytes.Length - start);
            return new MemoryStream(blob.Bytes.Slice(start, count).ToArray(), writable: false);
        }, cancellationToken);
    }

    public Task<bool> DeleteAsync(BlobName name, CancellationToken cancellationToken) =>
        Run(BlobOperation.Delete, name, () => _blobs.Remove(name), cancellationToken);

    public async IAsyncEnumerable<BlobEntry> ListAsync(
        string container, string prefix, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _ = new BlobName(container, "checks-the-container");
        var call = Begin(BlobOperation.List, $"{container}/{prefix}", cancellationToken);
        List<BlobEntry> entries;
        lock (_gate)
        {
            entries = [.. _blobs
                .Where(blob => blob.Key.Container == container
                    && blob.Key.Path.StartsWith(prefix, StringComparison.Ordinal)
                    && (after is null || string.CompareOrdinal(blob.Key.Path, after) > 0))
                .OrderBy(blob => blob.Key)
                .Select(blob => new BlobEntry(blob.Key, blob.Value.Bytes.Length))];
        }

        // A real listing takes time: others get their turn between its pages.
        await Task.Yield();
        foreach (var entry in entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return entry;
        }

        After?.Invoke(call);
    }

    private Task<T> Run<T>(BlobOperation operation, BlobName name, Func<T> apply, CancellationToken cancellationToken)
    {
        try
        {
            var call = Begin(operation, name.ToString(), cancellationToken);
            T result;
            lock (_gate)
            {
                result = apply();
            }

            After?.Invoke(call);
            return Task.FromResult(result);
        }
        catch (OperationCanceledException e) when (e.CancellationToken == cancellationToken && cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }
        catch (Exception e)
        {
            return Task.FromException<T>(e);
        }
    }

    private BlobCall Begin(BlobOperation operation, string target, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var call = new BlobCall(operation, target, Interlocked.Increment(ref _calls[(int)operation]));
        Before?.Invoke(call);
        return call;
    }

    private bool Exists(BlobName name)
    {
        lock (_gate)
        {
            return _blobs.ContainsKey(name);
        }
    }

    private PutResult Add(BlobName name, byte[] bytes)
    {
        lock (_gate)
        {
            if (_blobs.ContainsKey(name))
            {
                return PutResult.AlreadyExists;
            }

            Claim(name);
            Store(name, bytes);
            return PutResult.Created;
        }
    }

    private string Store(BlobName name, byte[] bytes)
    {
        var version = (++_lastVersion).ToString(System.Globalization.CultureInfo.InvariantCulture);
        _blobs[name] = new BlobContent(bytes, version);
        return version;
    }

    private void Claim(BlobName name)
    {
        if (_directories.Contains(name.ToString()))
        {
            throw new StorageException($"{name} is a directory.");
        }

        for (var slash = name.Path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = name.Path.IndexOf('/', slash + 1))
        {
            var parent = new BlobName(name.Container, name.Path[..slash]);
            if (_blobs.ContainsKey(parent))
            {
                throw new StorageException($"{parent} is a blob, so {name} can not be.");
            }

            _directories.Add(parent.ToString());
        }
    }
}
