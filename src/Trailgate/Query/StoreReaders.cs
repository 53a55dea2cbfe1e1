using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Trailgate.Archive;
using Trailgate.Storage;

namespace Trailgate.Query;

/// <summary>
/// Asks all stores, one after the other. While a store is away the others still answer, and the answer says which one is
/// missing; when none answers there is no answer.
/// </summary>
public sealed partial class StoreReaders(IReadOnlyList<StoreReader> all, ILogger<StoreReaders> logger)
{
    /// <summary>The reader of one of the stores.</summary>
    internal StoreReader Of(Store store) => all.Single(reader => reader.Store.Name == store.Name);

    /// <summary>Asks every store.</summary>
    /// <param name="ask">Asks one store; it may have taken something of it when it throws.</param>
    /// <param name="cancellationToken">Stops the asking.</param>
    /// <returns>The names of the stores that did not answer.</returns>
    /// <exception cref="StorageException">No store answered; a retry is safe.</exception>
    /// <exception cref="ArchiveDamagedException">No store answered, because its own records of the archive can not be read.</exception>
    internal async Task<IReadOnlyList<string>> AskAllAsync(Func<StoreReader, CancellationToken, Task> ask, CancellationToken cancellationToken)
    {
        var unavailable = new List<string>();
        Exception? first = null;
        foreach (var reader in all)
        {
            try
            {
                await ask(reader, cancellationToken);
            }
            catch (Exception e) when (e is StorageException or ArchiveDamagedException)
            {
                first ??= e;
                unavailable.Add(reader.Store.Name);
                if (unavailable.Count < all.Count)
                {
                    LogUnavailable(reader.Store, e);
                }
            }
        }

        if (first is not null && unavailable.Count == all.Count)
        {
            ExceptionDispatchInfo.Throw(first);
        }

        return unavailable;
    }

    /// <summary>Asks one store after the other until one has the answer; null when every one says that it has none.</summary>
    /// <exception cref="StorageException">None has it, and a store did not answer: that it is nowhere can not be said.</exception>
    /// <exception cref="ArchiveDamagedException">None has it, and a part of a store's archive that could hold it can not be read.</exception>
    internal async Task<T?> AskUntilAsync<T>(Func<StoreReader, CancellationToken, Task<T?>> ask, CancellationToken cancellationToken)
        where T : class
    {
        Exception? first = null;
        foreach (var reader in all)
        {
            try
            {
                if (await ask(reader, cancellationToken) is { } answer)
                {
                    return answer;
                }
            }
            catch (Exception e) when (e is StorageException or ArchiveDamagedException)
            {
                first ??= e;
            }
        }

        if (first is not null)
        {
            ExceptionDispatchInfo.Throw(first);
        }

        return null;
    }

    [LoggerMessage(LogLevel.Warning, "The store {Store} did not answer; what the others have is shown without it.")]
    private partial void LogUnavailable(Store store, Exception exception);
}
