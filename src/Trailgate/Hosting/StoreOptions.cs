namespace Trailgate.Hosting;

/// <summary>Where one store is.</summary>
public class StoreOptions
{
    /// <summary>
    /// The directory of a file store, made at start when it is not there. A relative path counts from the current
    /// directory.
    /// </summary>
    public string? Data { get; set; }

    /// <summary>The storage account, which goes before a directory.</summary>
    public ConnectionOptions Connection { get; set; } = new();
}
