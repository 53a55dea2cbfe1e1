using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Trailgate.Hosting;

/// <summary>
/// Refuses settings under <c>Trailgate</c> that no options class knows: a misspelt limit or rule would be ignored
/// quietly otherwise. It runs as a check of <see cref="StorageOptions"/>, the class of the outermost section.
/// </summary>
internal sealed class UnknownSettings(IConfiguration configuration) : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        var failures = configuration.GetSection(StorageOptions.Section).AsEnumerable()
            // A variable of just that name is somebody's own, as the path of the command in a script is.
            .Where(pair => !string.IsNullOrEmpty(pair.Value) && pair.Key != StorageOptions.Section && !SettingNames.IsKnown(pair.Key))
            .Select(pair => SettingNames.Nearest(pair.Key) is { } nearest
                ? $"{pair.Key} is no setting. Did you mean {nearest}?"
                : $"{pair.Key} is no setting; the README lists them.")
            .Order(StringComparer.Ordinal)
            .ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
