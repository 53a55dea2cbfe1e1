namespace Trailgate.Storage;

/// <summary>
/// One storage account, or one directory, by its name in the settings. Each has an inbox, an archive and a ledger of its
/// own, and nothing of an event is ever written to another than the one that it was assigned to.
/// </summary>
public sealed class Store(string name, IBlobStore blobs)
{
    /// <summary>The store that holds what no rule assigns to another, and the queue.</summary>
    public const string DefaultName = "default";

    /// <summary>The name: lower-case letters, digits and hyphens. It stands in queue messages and answers.</summary>
    public string Name => name;

    /// <summary>Where its data is.</summary>
    public IBlobStore Blobs => blobs;

    /// <summary>Whether this is the default store.</summary>
    public bool IsDefault => name == DefaultName;

    /// <summary>The name, for people.</summary>
    public override string ToString() => name;
}
