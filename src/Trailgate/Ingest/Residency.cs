using System.Collections.Frozen;
using Microsoft.AspNetCore.Http.Features;
using Trailgate.Events;
using Trailgate.Normalize;
using Trailgate.Storage;

namespace Trailgate.Ingest;

/// <summary>
/// Decides in which store a received item is kept: the one that its region is assigned to, else the home of its sender
/// (the store that the access key names, else the source), else the default one.
/// </summary>
public sealed class Residency
{
    private readonly Stores _stores;
    private readonly FrozenDictionary<Region, Store> _regions;
    private readonly FrozenDictionary<string, Store> _sources;
    private readonly RegionScan _scan;

    /// <summary>Rules over stores that exist.</summary>
    /// <param name="stores">All stores.</param>
    /// <param name="table">Reads the regions of what is no event.</param>
    /// <param name="regions">Names of stores by region.</param>
    /// <param name="sources">Names of stores by source.</param>
    /// <exception cref="ArgumentException">A rule names a store that does not exist.</exception>
    public Residency(Stores stores, RegionTable table, IReadOnlyDictionary<Region, string> regions, IReadOnlyDictionary<string, string> sources)
    {
        _stores = stores;
        _regions = regions.ToFrozenDictionary(pair => pair.Key, pair => Require(pair.Value));
        _sources = sources.ToFrozenDictionary(pair => pair.Key, pair => Require(pair.Value));
        _scan = new RegionScan(table);
    }

    /// <summary>Where a sender's items go that no region assigns elsewhere.</summary>
    /// <param name="request">The features of the request, with its <see cref="KeyStore"/> if the access key names one.</param>
    /// <param name="source">The source that the request names, or null. It is the sender's word, so a key's store goes first.</param>
    internal Store HomeOf(IFeatureCollection request, string? source)
    {
        if (_stores.IsSingle)
        {
            return _stores.Default;
        }

        if (request.Get<KeyStore>() is { } key)
        {
            return Require(key.Name);
        }

        return source is not null && _sources.TryGetValue(source, out var store) ? store : _stores.Default;
    }

    /// <summary>The store of an event.</summary>
    internal Store StoreOf(Region region, Store home) =>
        !_stores.IsSingle && _regions.TryGetValue(region, out var store) ? store : home;

    /// <summary>
    /// The store of what is no event: by the region that its text or its envelope names, where one can be read.
    /// </summary>
    /// <param name="raw">What was refused, as it came.</param>
    /// <param name="whole">All that will be kept of it: the envelope that it was in.</param>
    /// <param name="facts">What further envelopes tell.</param>
    /// <param name="home">The sender's home.</param>
    internal Store StoreOfQuarantined(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> whole, EnvelopeFacts? facts, Store home)
    {
        if (_stores.IsSingle)
        {
            return home;
        }

        var found = _scan.Find(raw) ?? _scan.Find(whole) ?? (facts is null ? null : _scan.FindName(facts.FindRegion()));
        return found is { } region ? StoreOf(region, home) : home;
    }

    private Store Require(string name) => _stores.Find(name) ?? throw new ArgumentException($"There is no store named '{name}'.", nameof(name));
}
