using Microsoft.Extensions.Options;
using Trailgate.Events;

namespace Trailgate.Hosting;

/// <summary>Regions beyond the shipped table.</summary>
public sealed class RegionOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Trailgate";

    /// <summary>
    /// More region names, split by commas: lower-case letters, digits and hyphens, 40 at most each. Events of a region
    /// that nobody knows go to <c>unknown</c>, so that no outsider can make partitions.
    /// </summary>
    public string Regions { get; set; } = "";

    internal IEnumerable<string> Names => Regions.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>Refuses names that can be no region.</summary>
internal sealed class RegionOptionsValidator : IValidateOptions<RegionOptions>
{
    public ValidateOptionsResult Validate(string? name, RegionOptions options)
    {
        var wrong = options.Names.Where(region => !Region.TryParse(region, out _)).ToList();
        return wrong.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{RegionOptions.Section}:Regions holds {string.Join(", ", wrong.Select(region => $"'{region}'"))}: a region has 1 to {Region.MaxLength} lower-case letters, digits and hyphens.");
    }
}
