using System.Collections;
using System.Globalization;
using Trailgate.Alerts;
using Trailgate.Archive;
using Trailgate.Ingest;
using Trailgate.Normalize;
using Trailgate.Signing;

namespace Trailgate.Hosting;

/// <summary>
/// The names of all settings, read off the options classes: so that a misspelt setting stops the start, and a test finds
/// the ones that the README and the sample forgot.
/// </summary>
public static class SettingNames
{
    /// <summary>Stands for a name that the operator chooses, such as a key's or a channel's.</summary>
    public const string Placeholder = "{name}";

    /// <summary>The options classes with their sections.</summary>
    internal static IReadOnlyList<(string Section, Type Options)> Classes { get; } =
    [
        (StorageOptions.Section, typeof(StorageOptions)),
        (ConnectionOptions.Section, typeof(ConnectionOptions)),
        (AccessOptions.Section, typeof(AccessOptions)),
        (RegionOptions.Section, typeof(RegionOptions)),
        (SourcesOptions.Section, typeof(SourcesOptions)),
        (IngestOptions.Section, typeof(IngestOptions)),
        (HandshakeOptions.Section, typeof(HandshakeOptions)),
        (RedactionSettings.Section, typeof(RedactionSettings)),
        (ArchiveOptions.Section, typeof(ArchiveOptions)),
        (SigningOptions.Section, typeof(SigningOptions)),
        (AlertOptions.Section, typeof(AlertOptions)),
    ];

    /// <summary>Every setting, such as <c>Trailgate:Keys:{name}:Hash</c>.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. Classes.SelectMany(pair => Of(pair.Section, pair.Options)).Select(static setting => setting.Name).Distinct(StringComparer.Ordinal)];

    /// <summary>Whether a configuration key is a setting's.</summary>
    internal static bool IsKnown(string key) => All.Any(name => Matches(name, key));

    /// <summary>The setting that a misspelt key most likely means; null when none is near.</summary>
    internal static string? Nearest(string key)
    {
        if (All.FirstOrDefault(name => name.StartsWith($"{key}:", StringComparison.OrdinalIgnoreCase)) is { } deeper)
        {
            return deeper;
        }

        var nearest = All.MinBy(name => Distance(name, key));
        return nearest is not null && Distance(nearest, key) <= 3 ? nearest : null;
    }

    /// <summary>The settings of an options class, each with the type of its value.</summary>
    internal static IEnumerable<(string Name, Type Type)> Of(string prefix, Type type)
    {
        foreach (var property in type.GetProperties().Where(property => property.GetMethod is { IsStatic: false }))
        {
            var name = $"{prefix}:{property.Name}";
            if (DictionaryValue(property.PropertyType) is { } value)
            {
                foreach (var inner in IsScalar(value) ? [($"{name}:{Placeholder}", value)] : Of($"{name}:{Placeholder}", value))
                {
                    yield return inner;
                }
            }
            else if (IsScalar(property.PropertyType))
            {
                // What nobody can set from outside is no setting.
                if (property.SetMethod is { IsPublic: true })
                {
                    yield return (name, property.PropertyType);
                }
            }
            else if (!property.PropertyType.IsAssignableTo(typeof(IEnumerable)))
            {
                if (property.PropertyType == typeof(ConnectionOptions))
                {
                    yield return (name, typeof(string)); // the connection string is the section's own value
                }

                foreach (var inner in Of(name, property.PropertyType))
                {
                    yield return inner;
                }
            }
            else
            {
                yield return ($"{name}:{Placeholder}", typeof(string));
            }
        }
    }

    private static Type? DictionaryValue(Type type) =>
        type.GetInterfaces().Append(type)
            .FirstOrDefault(candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(IDictionary<,>))
            ?.GenericTypeArguments[1];

    private static bool IsScalar(Type type) =>
        type == typeof(string) || (Nullable.GetUnderlyingType(type) ?? type).IsValueType || type == typeof(Uri);

    /// <summary>Whether a configuration key is this setting's.</summary>
    internal static bool Matches(string name, string key)
    {
        var expected = name.Split(':');
        var segments = key.Split(':');
        return expected.Length == segments.Length
            && expected.Zip(segments).All(pair => pair.First == Placeholder || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));
    }

    // Levenshtein over whole names, where a chosen segment costs nothing.
    private static int Distance(string name, string key)
    {
        var expected = name.Split(':');
        var segments = key.Split(':');
        return expected.Length != segments.Length
            ? int.MaxValue
            : expected.Zip(segments).Sum(pair => pair.First == Placeholder ? 0 : Edits(pair.First, pair.Second));
    }

    private static int Edits(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 0; i < left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i + 1;
            for (var j = 0; j < right.Length; j++)
            {
                var same = char.ToUpper(left[i], CultureInfo.InvariantCulture) == char.ToUpper(right[j], CultureInfo.InvariantCulture);
                var best = Math.Min(Math.Min(row[j], row[j + 1]) + 1, diagonal + (same ? 0 : 1));
                diagonal = row[j + 1];
                row[j + 1] = best;
            }
        }

        return row[^1];
    }
}
