using Trailgate.Storage;

namespace Trailgate.Hosting;

/// <summary>The kind of store that needs no settings.</summary>
public static class FileStores
{
    /// <summary>Opens a file store, and makes its directory where it is missing.</summary>
    /// <exception cref="StorageException">The directory can not be made or written.</exception>
    public static IBlobStore Open(string name, StoreOptions settings) =>
        settings.Data is { } data
            ? new FileBlobStore(DataDirectory.Prepare(data))
            : throw new StorageException($"The store '{name}' has no directory.");
}
