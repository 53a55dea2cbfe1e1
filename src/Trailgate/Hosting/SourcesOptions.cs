using Microsoft.Extensions.Options;

namespace Trailgate.Hosting;

/// <summary>What is set for single sources, the <c>{source}</c> of <c>POST /api/events/{source}</c>.</summary>
public sealed class SourcesOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Trailgate";

    /// <summary>The settings of a source, by its name.</summary>
    public IDictionary<string, SourceOptions> Sources { get; } = new Dictionary<string, SourceOptions>(StringComparer.Ordinal);

    /// <summary>The names of the stores of those sources that have one.</summary>
    internal IReadOnlyDictionary<string, string> Assigned() => Sources.ToDictionary(pair => ChosenName.Of(pair.Key), pair => pair.Value.Store);
}

/// <summary>One source.</summary>
public sealed class SourceOptions
{
    /// <summary>
    /// The store of what it sends, unless the region of an event is assigned to another or the access key names one.
    /// </summary>
    public string Store { get; set; } = "";
}

/// <summary>Refuses names that can be no source, and stores that are not declared.</summary>
internal sealed class SourcesOptionsValidator(StoreNames stores) : IValidateOptions<SourcesOptions>
{
    public ValidateOptionsResult Validate(string? name, SourcesOptions options)
    {
        var failures = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, source) in options.Sources.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var setting = $"{SourcesOptions.Section}:{nameof(options.Sources)}:{key}";
            if (!ChosenName.IsValid(ChosenName.Of(key)))
            {
                failures.Add($"{setting} is no source: {ChosenName.Rule}.");
            }
            else if (!seen.Add(ChosenName.Of(key)))
            {
                failures.Add($"{setting} names the source '{ChosenName.Of(key)}' a second time.");
            }

            if (stores.Refuse(source.Store) is { } refusal)
            {
                failures.Add($"{setting}:{nameof(source.Store)} {refusal}");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
