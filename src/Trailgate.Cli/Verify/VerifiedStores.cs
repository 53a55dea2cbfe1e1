using Microsoft.Extensions.Options;
using Trailgate.Azure;
using Trailgate.Hosting;
using Trailgate.Storage;

namespace Trailgate.Cli.Verify;

/// <summary>The stores that are to be checked, opened so that nothing is made or written: a copy on a read-only disk will do.</summary>
internal sealed class VerifiedStores : IAsyncDisposable
{
    private readonly ServiceProvider? _services;

    private VerifiedStores(IReadOnlyList<Store> all, ServiceProvider? services)
    {
        All = all;
        _services = services;
    }

    public IReadOnlyList<Store> All { get; }

    /// <exception cref="CommandFailedException">The command line does not fit the settings.</exception>
    /// <exception cref="StorageException">A directory is not there.</exception>
    public static VerifiedStores Open(VerifyArguments arguments)
    {
        if (arguments is { Data: { } data, Connection: null })
        {
            return arguments.Stores.Count == 0
                ? new VerifiedStores([new Store(Store.DefaultName, FileBlobStore.OpenExisting(data))], null)
                : throw new CommandFailedException("--store chooses among the configured stores, --data names a directory: only one of them can be used.");
        }

        using var settings = Settings.Load(Directory.GetCurrentDirectory(), arguments.Data, arguments.Connection);
        var services = CommandServices.Build(settings);
        var options = services.GetRequiredService<IOptions<StorageOptions>>().Value;
        var configured = options.All().ToDictionary(static store => store.Name, static store => store.Options);
        if (arguments.Stores.FirstOrDefault(name => !configured.ContainsKey(name)) is { } unknown)
        {
            throw new CommandFailedException($"--store: there is no store '{unknown}'; the settings name {string.Join(", ", configured.Keys)}.");
        }

        var chosen = arguments.Stores.Count == 0 ? configured.Keys : arguments.Stores.Distinct();
        return new VerifiedStores([.. chosen.Select(name => new Store(name, OpenExisting(name, configured[name])))], services);
    }

    public ValueTask DisposeAsync() => _services?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static IBlobStore OpenExisting(string name, StoreOptions options) => options switch
    {
        { Connection.IsSet: true } => new AzureBlobStore(AzureAccount.Open(options.Connection)),
        { Data: { } data } => FileBlobStore.OpenExisting(data),
        _ => throw new CommandFailedException($"The store '{name}' has no directory."),
    };
}
