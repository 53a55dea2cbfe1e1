using Microsoft.Extensions.Options;
using Trailgate.Alerts.Channels;
using Trailgate.Alerts.Rules;
using Trailgate.Archive;

namespace Trailgate.Alerts;

/// <summary>Checks the settings and reports all faults at once, by their full names and without their values: urls and secrets are secret.</summary>
internal sealed class AlertOptionsValidator : IValidateOptions<AlertOptions>
{
    // Those that not every type has.
    private static readonly (string Name, Func<ChannelOptions, string?> Read)[] Special =
    [
        (nameof(ChannelOptions.Secret), static channel => channel.Secret),
        (nameof(ChannelOptions.RoutingKey), static channel => channel.RoutingKey),
        (nameof(ChannelOptions.Mode), static channel => channel.Mode),
        (nameof(ChannelOptions.AuthHeader), static channel => channel.AuthHeader),
        (nameof(ChannelOptions.AuthValue), static channel => channel.AuthValue),
        (nameof(ChannelOptions.Source), static channel => channel.Source),
        (nameof(ChannelOptions.ApiKey), static channel => channel.ApiKey),
        (nameof(ChannelOptions.SourceId), static channel => channel.SourceId),
        (nameof(ChannelOptions.TokenUrl), static channel => channel.TokenUrl),
    ];

    public ValidateOptionsResult Validate(string? name, AlertOptions options)
    {
        List<string> faults = [.. CheckQueue(options), .. CheckRules(options), .. CheckWatch(options)];
        foreach (var (channelName, channel) in options.Channels)
        {
            faults.AddRange(CheckChannel(channelName, channel));
        }

        return faults.Count > 0 ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }

    private static IEnumerable<string> CheckQueue(AlertOptions options)
    {
        if (options.PollInterval < TimeSpan.FromSeconds(1) || options.PollInterval > TimeSpan.FromMinutes(1))
        {
            yield return $"{AlertOptions.Section}:PollInterval must be between 00:00:01 and 00:01:00.";
        }

        if (options.Lease < TimeSpan.FromMinutes(3) || options.Lease > TimeSpan.FromDays(1))
        {
            yield return $"{AlertOptions.Section}:Lease must be between 00:03:00 and 1.00:00:00.";
        }

        if (options.Concurrency is < 1 or > 16)
        {
            yield return $"{AlertOptions.Section}:Concurrency must be between 1 and 16.";
        }

        if (!string.IsNullOrEmpty(options.Link) && (!Uri.TryCreate(options.Link, UriKind.Absolute, out var page)
            || (page.Scheme != Uri.UriSchemeHttps && page.Scheme != Uri.UriSchemeHttp)
            || page.UserInfo.Length > 0 || page.Query.Length > 0 || page.Fragment.Length > 0))
        {
            yield return $"{AlertOptions.Section}:Link must be an absolute http or https address without user name, query and fragment.";
        }
    }

    private static IEnumerable<string> CheckRules(AlertOptions options)
    {
        if (options.RulesInterval < TimeSpan.FromSeconds(1) || options.RulesInterval > TimeSpan.FromHours(1))
        {
            yield return $"{AlertOptions.Section}:RulesInterval must be between 00:00:01 and 01:00:00.";
        }

        if (options.GroupWindow < TimeSpan.Zero || options.GroupWindow > TimeSpan.FromDays(1))
        {
            yield return $"{AlertOptions.Section}:GroupWindow must be between 00:00:00 and 1.00:00:00.";
        }

        if (options.Retention < TimeSpan.FromDays(1) || options.Retention > TimeSpan.FromDays(3_650))
        {
            yield return $"{AlertOptions.Section}:Retention must be between 1.00:00:00 and 3650.00:00:00.";
        }

        if (options.RulesBlob is { Length: > 0 } blob && !Storage.BlobName.IsValidPath(blob))
        {
            yield return $"{AlertOptions.Section}:RulesBlob is no path of a blob: segments of letters, digits and - _ . =, split by slashes.";
        }

        // What the blob has is known when the store is open: the first load checks it.
        foreach (var fault in RuleSource.Check(options))
        {
            yield return fault;
        }
    }

    private static IEnumerable<string> CheckWatch(AlertOptions options)
    {
        if (!ArchiveSchedule.TryParse(options.WatchSchedule, out _, out var error))
        {
            yield return $"{AlertOptions.Section}:WatchSchedule: {error}";
        }

        foreach (var (name, span) in new[] { ("ArchiveLate", options.ArchiveLate), ("LedgerLate", options.LedgerLate) })
        {
            if (span < TimeSpan.FromMinutes(1) || span > TimeSpan.FromDays(7))
            {
                yield return $"{AlertOptions.Section}:{name} must be between 00:01:00 and 7.00:00:00.";
            }
        }

        foreach (var (name, expected) in options.Expect)
        {
            var setting = $"{AlertOptions.Section}:Expect:{name}";
            if (expected is { Source: not { Length: > 0 }, Region: not { Length: > 0 } })
            {
                yield return $"{setting} names neither a Source nor a Region.";
            }

            if (expected.Interval is not { } interval || interval < TimeSpan.FromMinutes(1) || interval > TimeSpan.FromDays(30))
            {
                yield return $"{setting}:Interval must be between 00:01:00 and 30.00:00:00.";
            }
        }
    }

    private static IEnumerable<string> CheckChannel(string name, ChannelOptions channel)
    {
        var setting = $"{AlertOptions.Section}:Channels:{name}";
        if (!AlertOptions.IsChannelName(name))
        {
            yield return $"{setting}: a channel's name has 1 to {AlertOptions.MaxChannelNameLength} lower-case letters, digits and hyphens.";
        }

        var type = ChannelType.Find(channel.Type);
        if ((!string.IsNullOrEmpty(channel.Url) || type?.DefaultUrl is null) && ChannelUrl.FaultOf(channel.Url, channel.Insecure) is { } fault)
        {
            yield return $"{setting}:Url {fault}";
        }

        if (type is null)
        {
            yield return $"{setting}:Type must be one of: {string.Join(", ", ChannelType.All.Select(known => known.Name))}.";
            yield break;
        }

        foreach (var other in Special.Where(special => !string.IsNullOrEmpty(special.Read(channel)) && !type.Settings.Contains(special.Name)))
        {
            yield return $"{setting}:{other.Name} is no setting of a channel of type {type.Name}.";
        }

        foreach (var wrong in type.Check(channel))
        {
            yield return $"{setting}:{wrong}";
        }
    }
}
