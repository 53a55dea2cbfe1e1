namespace Trailgate.Hosting;

/// <summary>
/// Where everything is kept. The section itself describes the default store; further stores have the same settings under
/// their names.
/// </summary>
public sealed class StorageOptions : StoreOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Trailgate";

    /// <summary>The default store is a directory beside the process unless the settings say otherwise.</summary>
    public StorageOptions() => Data = "./data";

    /// <summary>The stores beside the default one, by name.</summary>
    public IDictionary<string, StoreOptions> Stores { get; } = new Dictionary<string, StoreOptions>(StringComparer.Ordinal);

    /// <summary>All stores with their sections, the default one first.</summary>
    public IEnumerable<(string Name, string Section, StoreOptions Options)> All() => Stores
        .OrderBy(pair => pair.Key, StringComparer.Ordinal)
        .Select(pair => (ChosenName.Of(pair.Key), $"{Section}:{nameof(Stores)}:{pair.Key}", pair.Value))
        .Prepend((Storage.Store.DefaultName, Section, this));
}
