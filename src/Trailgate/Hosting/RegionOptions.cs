using Microsoft.Extensions.Options;
using Trailgate.Events;

namespace Trailgate.Hosting;

/// <summary>Which regions there are beyond the shipped table, and in which store each is kept.</summary>
public sealed class RegionOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Trailgate";

    /// <summary>
    /// The store of a region, by the region's name; what is not listed is kept in the store of its sender, else in the
    /// default one. A name that the shipped table does not have becomes a region by standing here. Events of a region that
    /// nobody knows go to <c>unknown</c>, so that no outsider can make partitions.
    /// </summary>
    public IDictionary<string, string> Regions { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The regions with the names of their stores.</summary>
    internal IReadOnlyDictionary<Region, string> Assigned() => Regions.ToDictionary(pair => ReadRegion(pair.Key), pair => pair.Value);

    /// <summary>What the region table has to know beyond its own; <c>unknown</c> is no place that a source could name.</summary>
    internal IEnumerable<string> Names => Regions.Keys.Select(ChosenName.Of).Where(name => name != Region.Unknown.Name);

    // The validator has refused what is no region, before anyone asks for the options.
    private static Region ReadRegion(string key) =>
        Region.TryParse(ChosenName.Of(key).AsSpan(), out var region) ? region : throw new InvalidOperationException("A region was not validated.");
}

/// <summary>Refuses names that can be no region, and stores that are not declared.</summary>
internal sealed class RegionOptionsValidator(StoreNames stores) : IValidateOptions<RegionOptions>
{
    public ValidateOptionsResult Validate(string? name, RegionOptions options)
    {
        var shipped = new RegionTable([]);
        var failures = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, store) in options.Regions.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var setting = $"{RegionOptions.Section}:{nameof(options.Regions)}:{key}";
            var region = ChosenName.Of(key);
            if (!ChosenName.IsValid(region))
            {
                failures.Add($"{setting} is no region: {ChosenName.Rule}.");
            }
            else if (!seen.Add(region))
            {
                failures.Add($"{setting} names the region '{region}' a second time.");
            }
            else if (OtherName(shipped, region) is { } known)
            {
                failures.Add($"{setting} is another name for places in {known}, and their events are kept as {known}: assign that.");
            }

            if (stores.Refuse(store) is { } refusal)
            {
                failures.Add($"{setting} {refusal}");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    // A zone or a data centre would become a region beside the one that it belongs to, and the assignment would not hold.
    private static string? OtherName(RegionTable shipped, string name)
    {
        var text = System.Text.Encoding.ASCII.GetBytes(name);
        return shipped.TryResolve(text, inCrn: false, out var region) && region.Name != name ? region.Name : null;
    }
}
