using Microsoft.Extensions.Options;

namespace Trailgate.Hosting;

/// <summary>
/// Refuses stores without a place, and places that two stores share: one inside the other would mix what the settings
/// promise to keep apart.
/// </summary>
internal sealed class StorageOptionsValidator : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        var failures = new List<string>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var places = new List<(string Section, string Path)>();
        foreach (var (store, section, settings) in options.All())
        {
            if (!names.Add(store))
            {
                failures.Add(store == Storage.Store.DefaultName
                    ? $"{section} is the default store, whose settings stand in {StorageOptions.Section} itself."
                    : $"{section} names the store '{store}' a second time.");
            }
            else if (!ChosenName.IsValid(store))
            {
                failures.Add($"{section} is no name for a store: {ChosenName.Rule}.");
            }
            else if (settings.Connection.IsSet)
            {
                // The default store has a directory whether it is named or not.
                if (settings.Data is not null && section != StorageOptions.Section)
                {
                    failures.Add($"{section}:{nameof(settings.Connection)} names an account, and {section}:{nameof(settings.Data)} a directory; a store is one of them.");
                }
            }
            else if (string.IsNullOrWhiteSpace(settings.Data))
            {
                failures.Add($"{section}:{nameof(settings.Data)} must name a directory, or {section}:{nameof(settings.Connection)} an account.");
            }
            else
            {
                var path = Path.GetFullPath(settings.Data).TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar;
                var other = places.Find(place => place.Path.StartsWith(path, StringComparison.Ordinal) || path.StartsWith(place.Path, StringComparison.Ordinal));
                if (other.Section is not null)
                {
                    failures.Add($"{section}:{nameof(settings.Data)} and {other.Section}:{nameof(settings.Data)} overlap; each store needs a directory of its own, none inside another.");
                }

                places.Add((section, path));
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
