using Microsoft.Extensions.Options;
using Trailgate.Alerts.Channels;

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
        List<string> faults = [.. CheckQueue(options), .. CheckRules(options)];
        foreach (var (channelName, channel) in options.Channels)
        {
            faults.AddRange(CheckChannel(channelName, channel));
        }

        return faults.Count > 0 ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }

    private static IEnumerable<string> CheckQueue(AlertOptions options)
    {
        if (options.PollInterval < TimeSpan.FromMilliseconds(100) || options.PollInterval > TimeSpan.FromMinutes(1))
        {
            yield return $"{AlertOptions.Section}:PollInterval must be between 00:00:00.100 and 00:01:00.";
        }

        if (options.Lease < TimeSpan.FromMinutes(3) || options.Lease > TimeSpan.FromDays(1))
        {
            yield return $"{AlertOptions.Section}:Lease must be between 00:03:00 and 1.00:00:00.";
        }

        if (options.Concurrency is < 1 or > 16)
        {
            yield return $"{AlertOptions.Section}:Concurrency must be between 1 and 16.";
        }

        if (options.Link is not null && (!Uri.TryCreate(options.Link, UriKind.Absolute, out var page)
            || (page.Scheme != Uri.UriSchemeHttps && page.Scheme != Uri.UriSchemeHttp)
            || page.UserInfo.Length > 0 || page.Query.Length > 0 || page.Fragment.Length > 0))
        {
            yield return $"{AlertOptions.Section}:Link must be an absolute http or https address without user name, query and fragment.";
        }
    }

    private static IEnumerable<string> CheckRules(AlertOptions options)
    {
        var known = AlertRule.All.Select(rule => rule.Name).ToList();
        foreach (var rule in options.Rules.Keys.Where(rule => !known.Contains(rule)))
        {
            yield return rule == AlertRule.Pipeline
                ? $"{AlertOptions.Section}:Rules:{rule} can not be set: Trailgate always tells about its own failures."
                : $"{AlertOptions.Section}:Rules:{rule} is no known rule. Known are: {string.Join(", ", known)}.";
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
        if ((channel.Url is not null || type?.DefaultUrl is null) && ChannelUrl.FaultOf(channel.Url, channel.Insecure) is { } fault)
        {
            yield return $"{setting}:Url {fault}";
        }

        if (type is null)
        {
            yield return $"{setting}:Type must be one of: {string.Join(", ", ChannelType.All.Select(known => known.Name))}.";
            yield break;
        }

        foreach (var other in Special.Where(special => special.Read(channel) is not null && !type.Settings.Contains(special.Name)))
        {
            yield return $"{setting}:{other.Name} is no setting of a channel of type {type.Name}.";
        }

        foreach (var wrong in type.Check(channel))
        {
            yield return $"{setting}:{wrong}";
        }
    }
}
