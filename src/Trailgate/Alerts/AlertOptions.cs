using System.Buffers;
using Trailgate.Alerts.Silence;

namespace Trailgate.Alerts;

/// <summary>Which rules are on, where alerts go, and how the queue is read. Checked at the start.</summary>
public sealed class AlertOptions
{
    /// <summary>Where the settings stand.</summary>
    public const string Section = "Trailgate:Alerts";

    /// <summary>Longest channel name, in characters.</summary>
    public const int MaxChannelNameLength = 40;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Turns rules on or off by name.</summary>
    public IDictionary<string, bool> Rules { get; init; } = new Dictionary<string, bool>(StringComparer.Ordinal);

    /// <summary>Rules as JSON, in the setting itself.</summary>
    public string? RulesJson { get; set; }

    /// <summary>A file of rules. It is looked at again and again, and what was changed counts without a restart.</summary>
    public string? RulesFile { get; set; }

    /// <summary>The path of a blob of rules in the container of alerts of the default store; looked at like the file.</summary>
    public string? RulesBlob { get; set; }

    /// <summary>How often file and blob are looked at: 1 second to 1 hour.</summary>
    public TimeSpan RulesInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>What is expected to be heard of, by a name of one's own.</summary>
    public IDictionary<string, ExpectOptions> Expect { get; init; } = new Dictionary<string, ExpectOptions>(StringComparer.Ordinal);

    /// <summary>How long events may wait for an archive run: 1 minute to 7 days.</summary>
    public TimeSpan ArchiveLate { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How old the last note of a ledger may be: 1 minute to 7 days.</summary>
    public TimeSpan LedgerLate { get; set; } = TimeSpan.FromHours(3);

    /// <summary>When to look for what is quiet or late: NCRONTAB with five or six fields, UTC.</summary>
    public string WatchSchedule { get; set; } = "0 * * * * *";

    /// <summary>How long records of alerts are kept: 1 to 3,650 days; null for ever. Dead letters are never cleaned away.</summary>
    public TimeSpan? Retention { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// How long what follows the first alert of a group is counted before one summary tells it, where the rule says nothing
    /// else: 0 (each alert by itself) to 1 day.
    /// </summary>
    public TimeSpan GroupWindow { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The channels by name. None: alerts are kept and sent nowhere.</summary>
    public IDictionary<string, ChannelOptions> Channels { get; init; } = new Dictionary<string, ChannelOptions>(StringComparer.Ordinal);

    /// <summary>Address of the page that messages link to. Without it they have no link.</summary>
    public string? Link { get; set; }

    /// <summary>How often the standalone host looks into the queue: 1 second to 1 minute. What the same process queues does not wait for it.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a message that is being handled stays hidden from others: 3 minutes to 1 day. One is handled within 2 minutes and a half.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How many messages the standalone host handles at once: 1 to 16.</summary>
    public int Concurrency { get; set; } = 4;

    /// <summary><see cref="Link"/> once it is checked.</summary>
    internal Uri? Page => string.IsNullOrEmpty(Link) ? null : new Uri(Link);

    /// <summary>Whether a channel may have this name. It becomes part of blob names and of webhook ids.</summary>
    internal static bool IsChannelName(string name) =>
        name.Length is > 0 and <= MaxChannelNameLength && !name.AsSpan().ContainsAnyExcept(NameCharacters);
}

/// <summary>One channel. Which settings it has depends on its type; others must not be set.</summary>
public sealed class ChannelOptions
{
    /// <summary>What kind of receiver it is: <c>webhook</c>, <c>slack</c>, <c>teams</c>, <c>pagerduty</c>, <c>cloudevents</c> or <c>ibm-event-notifications</c>.</summary>
    public string? Type { get; set; }

    /// <summary>Where to send. May hold a secret itself, so it is neither logged nor recorded.</summary>
    public string? Url { get; set; }

    /// <summary>
    /// Of webhooks: <c>whsec_</c> and Base64 of 24 to 64 random bytes. While a secret is being changed: both, with a space or
    /// a comma between them; each message is then signed with each.
    /// </summary>
    public string? Secret { get; set; }

    /// <summary>Of PagerDuty: the key of an Events API v2 integration.</summary>
    public string? RoutingKey { get; set; }

    /// <summary>Of CloudEvents: <c>structured</c> (without another word) or <c>binary</c>.</summary>
    public string? Mode { get; set; }

    /// <summary>Of CloudEvents: the header that lets us in; <c>Authorization</c> without another word.</summary>
    public string? AuthHeader { get; set; }

    /// <summary>Of CloudEvents: the value of that header. Secret.</summary>
    public string? AuthValue { get; set; }

    /// <summary>Of CloudEvents and IBM Event Notifications: the attribute <c>source</c>.</summary>
    public string? Source { get; set; }

    /// <summary>Of IBM Event Notifications: an API key of IBM Cloud. Secret.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Of IBM Event Notifications: the id of the instance's API source.</summary>
    public string? SourceId { get; set; }

    /// <summary>Of IBM Event Notifications: where access tokens are had; IAM's public address without another word.</summary>
    public string? TokenUrl { get; set; }

    /// <summary>Permits http and private addresses: for tests and inner networks.</summary>
    public bool Insecure { get; set; }
}
