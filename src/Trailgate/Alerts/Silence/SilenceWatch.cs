using System.Globalization;
using Microsoft.Extensions.Logging;
using Trailgate.Alerts.Delivery;
using Trailgate.Alerts.Rules;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Query;
using Trailgate.Storage;

namespace Trailgate.Alerts.Silence;

/// <summary>
/// Looks for what does not come: events of expected sources and regions, archive runs, ledger notes, deliveries that keep up,
/// counters that add up. It reads what the stores show and remembers in a blob what it told, so it may look in any
/// process, also in several at once. A trouble raises one alert, and its end a resolution.
/// </summary>
public sealed partial class SilenceWatch
{
    private const string SilencePrefix = "silence: ";

    private readonly Stores _stores;
    private readonly Stats _stats;
    private readonly EventSearch _search;
    private readonly AlertDispatcher _alerts;
    private readonly Fanout _fanout;
    private readonly AlertCleaner _cleaner;
    private readonly AlertOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<SilenceWatch> _logger;

    internal SilenceWatch(
        Stores stores, Stats stats, EventSearch search, AlertDispatcher alerts, Fanout fanout, AlertCleaner cleaner, AlertOptions options,
        TimeProvider time, ILogger<SilenceWatch> logger)
    {
        _stores = stores;
        _stats = stats;
        _search = search;
        _alerts = alerts;
        _fanout = fanout;
        _cleaner = cleaner;
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>Looks once, tells what changed, and cleans records away that are older than they are to be kept.</summary>
    /// <exception cref="StorageException">Something could not be read or told; the next look does it.</exception>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var content = await _stores.Default.Blobs.ReadAsync(WatchState.Blob, cancellationToken);
        var before = content is null ? WatchState.Begin : WatchState.Read(content.Bytes.Span);
        var after = await CheckAsync(before, cancellationToken);

        // First remembered, then told: who comes later tells it again under the same name, and nobody tells it under another.
        if (await _stores.Default.Blobs.ReplaceAsync(WatchState.Blob, after.ToBytes(), content?.Version, cancellationToken) is { } version)
        {
            await TellAsync(after, version, cancellationToken);
        }

        await _cleaner.CleanAsync(cancellationToken);
    }

    private async Task<WatchState> CheckAsync(WatchState before, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var watched = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var found = new List<(string Name, bool? IsWrong, string Message)>();
        foreach (var (name, expected) in _options.Expect.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            var subject = SilencePrefix + name;
            watched[subject] = before.Watched.TryGetValue(subject, out var since) ? since : now;
            found.Add(await ListenAsync(subject, expected, now - watched[subject], now, cancellationToken));
        }

        var after = before with { Watched = watched };
        if (await StatsAsync(cancellationToken) is { } stats)
        {
            after = WatchRules.Count(after, stats);
            found.AddRange(WatchRules.Check(before, after, stats, _options, now));
        }

        return after with { Troubles = Next(before.Troubles, found, now) };
    }

    private static SortedDictionary<string, Trouble> Next(
        IReadOnlyDictionary<string, Trouble> before, List<(string Name, bool? IsWrong, string Message)> found, DateTimeOffset now)
    {
        var troubles = new SortedDictionary<string, Trouble>(StringComparer.Ordinal);
        foreach (var (name, trouble) in before)
        {
            var look = found.FirstOrDefault(one => one.Name == name);

            // What is not expected any more is over as well. What could not be looked at stays as it was.
            var isOver = trouble.Ended is not null || look.IsWrong == false
                || (look.Name is null && name.StartsWith(SilencePrefix, StringComparison.Ordinal));
            troubles[name] = isOver ? trouble with { Ended = trouble.Ended ?? now } : trouble;
        }

        foreach (var (name, _, message) in found.Where(one => one.IsWrong == true && !troubles.ContainsKey(one.Name)))
        {
            troubles[name] = new Trouble(now, message, null);
        }

        return troubles;
    }

    private async Task<(string Name, bool? IsWrong, string Message)> ListenAsync(
        string subject, ExpectOptions expected, TimeSpan watchedFor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var interval = expected.Interval ?? TimeSpan.Zero;
        var query = new EventQuery
        {
            From = EventTime.From(now - interval),
            Source = expected.Source,
            Regions = expected.Region is { } region ? new HashSet<string> { region } : new HashSet<string>(),
            Limit = 1,
        };
        var what = string.Join(" in ", new[] { expected.Source is null ? null : $"source {expected.Source}", expected.Region is null ? null : $"region {expected.Region}" }.OfType<string>());
        var message = string.Create(CultureInfo.InvariantCulture, $"Nothing was heard of {what} for more than {interval:c}.");
        try
        {
            var page = await _search.FindAsync(query, cancellationToken);
            bool? isQuiet = page.Lines.Count > 0 ? false
                : page.Unavailable.Count > 0 || page.Damaged.Count > 0 ? null
                : watchedFor >= interval;
            return (subject, isQuiet, message);
        }
        catch (ArchiveDamagedException e)
        {
            LogNotHeard(subject, e);
            return (subject, null, message);
        }
    }

    private async Task<StatsReport?> StatsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _stats.ReadAsync(cancellationToken);
        }
        catch (ArchiveDamagedException e)
        {
            // The archive run tells of it.
            LogNotCounted(e);
            return null;
        }
    }

    private async Task TellAsync(WatchState state, string version, CancellationToken cancellationToken)
    {
        foreach (var (name, trouble) in state.Troubles)
        {
            var subject = $"{name} since {EventTime.From(trouble.Since)}";
            await _alerts.RaiseAsync(subject, trouble.Message, cancellationToken);
            if (trouble.Ended is { } ended)
            {
                var id = AlertId.OfPipeline(subject);
                var resolution = Notification.OfResolution(
                    new NotificationGroup(id.ToString(), AlertRule.Pipeline, Rules.RuleSeverity.Critical, []), id, $"It is over: {trouble.Message}", ended);
                await _fanout.SendAsync(_stores.Default, $"resolved/{id}", [resolution], cancellationToken);
                LogOver(subject);
            }
        }

        if (state.Troubles.Values.Any(static trouble => trouble.Ended is not null))
        {
            // Where another look came between, it finds them ended and tells nothing new.
            var open = state with { Troubles = state.Troubles.Where(static pair => pair.Value.Ended is null).ToDictionary() };
            await _stores.Default.Blobs.ReplaceAsync(WatchState.Blob, open.ToBytes(), version, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Information, "It is over: {Subject}.")]
    private partial void LogOver(string subject);

    [LoggerMessage(LogLevel.Error, "Whether there is {Subject} can not be said, because a part of the archive is damaged.")]
    private partial void LogNotHeard(string subject, Exception exception);

    [LoggerMessage(LogLevel.Error, "The counters can not be read, because a part of the archive is damaged.")]
    private partial void LogNotCounted(Exception exception);
}
