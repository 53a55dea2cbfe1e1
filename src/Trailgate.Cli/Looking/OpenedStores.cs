using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Cli.Verify;
using Trailgate.Query;
using Trailgate.Storage;

namespace Trailgate.Cli.Looking;

/// <summary>The stores of a command that only looks, and who reads them: no server is needed.</summary>
internal sealed class OpenedStores : IAsyncDisposable
{
    private readonly VerifiedStores _stores;

    private OpenedStores(VerifiedStores stores)
    {
        _stores = stores;
        Readers = new StoreReaders([.. stores.All.Select(store => new StoreReader(store, NullLogger<InboxReader>.Instance, isReadOnly: true))], NullLogger<StoreReaders>.Instance);
        Search = new EventSearch(Readers, NullLogger<EventSearch>.Instance);
    }

    public StoreReaders Readers { get; }

    public EventSearch Search { get; }

    public Stores Stores => new(_stores.All);

    /// <exception cref="CommandFailedException">The command line does not fit the settings.</exception>
    /// <exception cref="StorageException">A directory is not there.</exception>
    public static OpenedStores Open(string? data, string? connection) =>
        new(VerifiedStores.Open(new VerifyArguments { Data = data, Connection = connection }));

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    /// <summary>Tells on standard error what an answer lacks.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> ReportAsync(IEnumerable<DamagedPart> damaged, IEnumerable<string> unavailable, TextWriter error)
    {
        List<string> missing =
        [
            .. damaged.Select(static part => $"{part} can not be read: events of it are missing."),
            .. unavailable.Select(static store => $"The store {store} did not answer: events of it are missing."),
        ];
        foreach (var sentence in missing)
        {
            await error.WriteLineAsync(sentence);
        }

        return missing.Count == 0 ? CommandLine.Done : CommandLine.DoneWithFindings;
    }
}
