using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Trailgate.Alerts;
using Trailgate.Alerts.Silence;

namespace Trailgate.Hosting;

/// <summary>
/// Refuses named settings with a value that can not be read, such as <c>yes</c> for true. The binder leaves the whole entry
/// of a dictionary out then, without a word: a channel, a rule or a store would be missing.
/// </summary>
internal sealed class UnreadableSettings(IConfiguration configuration) : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        List<string> failures = [];
        Check<StoreOptions>($"{StorageOptions.Section}:{nameof(StorageOptions.Stores)}", failures);
        Check<bool>($"{AlertOptions.Section}:{nameof(AlertOptions.Rules)}", failures);
        Check<ExpectOptions>($"{AlertOptions.Section}:{nameof(AlertOptions.Expect)}", failures);
        Check<ChannelOptions>($"{AlertOptions.Section}:{nameof(AlertOptions.Channels)}", failures);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private void Check<T>(string section, List<string> failures)
    {
        foreach (var entry in configuration.GetSection(section).GetChildren())
        {
            try
            {
                _ = entry.Get<T>();
            }
            catch (InvalidOperationException e)
            {
                failures.Add(e.Message); // names the setting, its value and what it should be
            }
        }
    }
}
