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
        List<string> failures =
        [
            .. Unreadable<StoreOptions>($"{StorageOptions.Section}:{nameof(StorageOptions.Stores)}"),
            .. Unreadable<bool>($"{AlertOptions.Section}:{nameof(AlertOptions.Rules)}"),
            .. Unreadable<ExpectOptions>($"{AlertOptions.Section}:{nameof(AlertOptions.Expect)}"),
            .. Unreadable<ChannelOptions>($"{AlertOptions.Section}:{nameof(AlertOptions.Channels)}"),
        ];
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private IEnumerable<string> Unreadable<T>(string section)
    {
        foreach (var entry in configuration.GetSection(section).GetChildren())
        {
            string? fault = null;
            try
            {
                _ = entry.Get<T>();
            }
            catch (InvalidOperationException e)
            {
                fault = e.Message; // names the setting, its value and what it should be
            }

            if (fault is not null)
            {
                yield return fault;
            }
        }
    }
}
