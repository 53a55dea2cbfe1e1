using Trailgate.Storage;

namespace Trailgate.Hosting;

/// <summary>
/// Opens the store that settings describe, and makes what is missing there, so that it can be written when this returns.
/// This is the one place where the kind of a store is chosen: whoever adds a kind registers its own before
/// <see cref="TrailgateServices.AddTrailgate"/>, and hands what is not its own to <see cref="FileStores.Open"/>.
/// </summary>
/// <param name="name">The store's name, for messages.</param>
/// <param name="settings">Checked settings of the store.</param>
/// <exception cref="StorageException">It can not be opened; the message says why.</exception>
public delegate IBlobStore OpenStore(string name, StoreOptions settings);
