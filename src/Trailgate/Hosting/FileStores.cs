using Trailgate.Storage;

namespace Trailgate.Hosting;

/// <summary>The kind of store that needs no settings.</summary>
public static class FileStores
{
    /// <summary>Opens a file store, and makes its directory where it is missing.</summary>
    /// <exception cref="StorageException">The directory can not be made or written.</exception>
    public static IBlobStore Open(string name, StoreOptions settings) => settings switch
    {
        { Connection.IsSet: true } => throw new StorageException($"The store '{name}' is an account, and nothing here can open one."),
        { Data: { } data } => new FileBlobStore(DataDirectory.Prepare(data)),
        _ => throw new StorageException($"The store '{name}' has no directory."),
    };

    /// <summary>Opens the queue in the directory of the default store.</summary>
    /// <exception cref="StorageException">The directory can not be made.</exception>
    public static IMessageQueue OpenQueue(StorageOptions settings, TimeProvider time) =>
        new FileMessageQueue(Path.Combine(settings.Data!, "queues", "alerts"), time); // not null: the default store has a directory
}
