namespace Trailgate.Storage;

/// <summary>All stores of this process.</summary>
public sealed class Stores
{
    /// <summary>Stores of different names, one of them the default.</summary>
    /// <exception cref="ArgumentException">A name stands twice, or none is the default.</exception>
    public Stores(params IEnumerable<Store> all)
    {
        All = [.. all];
        Default = All.FirstOrDefault(store => store.IsDefault) ?? throw new ArgumentException($"No store is named {Store.DefaultName}.", nameof(all));
        if (All.DistinctBy(store => store.Name).Count() < All.Count)
        {
            throw new ArgumentException("A store's name stands twice.", nameof(all));
        }
    }

    /// <summary>Holds what no rule assigns to another, and what the pipeline tells about itself.</summary>
    public Store Default { get; }

    /// <summary>Every store, the default one included.</summary>
    public IReadOnlyList<Store> All { get; }

    /// <summary>Whether there is nothing to choose from.</summary>
    public bool IsSingle => All.Count == 1;

    /// <summary>The store of that name; null when there is none.</summary>
    public Store? Find(string name) => All.FirstOrDefault(store => store.Name == name);
}
