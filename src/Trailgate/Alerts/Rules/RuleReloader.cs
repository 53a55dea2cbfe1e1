using System.Globalization;
using Microsoft.Extensions.Logging;
using Trailgate.Storage;

namespace Trailgate.Alerts.Rules;

/// <summary>
/// Looks at the file and the blob of rules again and again. What is wrong changes nothing: the old rules stay, and the log,
/// an alert and the list of alerts say so, the alert once a day.
/// </summary>
internal sealed partial class RuleReloader(
    RuleSource source, ActiveRules active, AlertDispatcher alerts, TimeProvider time, ILogger<RuleReloader> logger)
{
    private const int MaxShown = 3;

    private string? _told;

    /// <summary>Looks once.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        LoadedRules loaded;
        try
        {
            loaded = await source.LoadAsync(cancellationToken);
        }
        catch (StorageException e)
        {
            LogNotRead(e);
            return;
        }

        if (loaded.Problems.Count == 0)
        {
            if (active.Use(loaded, time.GetUtcNow()))
            {
                LogChanged(active.Current.Rules.Count);
            }

            _told = null;
            return;
        }

        active.Complain(loaded.Problems);
        // Once a day while it is so, and once a day for a fault that comes again: a subject is raised once for ever.
        var occasion = string.Create(CultureInfo.InvariantCulture, $"{loaded.Fingerprint[..16]} {time.GetUtcNow():yyyy-MM-dd}");
        if (_told == occasion)
        {
            return;
        }

        var problems = string.Join(' ', loaded.Problems.Take(MaxShown));
        LogRefused(problems);
        try
        {
            await alerts.RaiseAsync(
                $"rules: {occasion}", $"The rules were changed and can not be used; the old ones stay in force. {problems}", cancellationToken);
            _told = occasion;
        }
        catch (StorageException e)
        {
            LogNotTold(e);
        }
    }

    /// <summary>Looks until it is stopped; not at all where nothing can change.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        if (!source.CanChange)
        {
            return;
        }

        using var timer = new PeriodicTimer(source.Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await LookAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    [LoggerMessage(LogLevel.Information, "The rules were changed; {Count} are on.")]
    private partial void LogChanged(int count);

    [LoggerMessage(LogLevel.Error, "The rules were changed and can not be used; the old ones stay in force. {Problems}")]
    private partial void LogRefused(string problems);

    [LoggerMessage(LogLevel.Warning, "The blob of rules can not be read now; the rules stay as they are.")]
    private partial void LogNotRead(Exception exception);

    [LoggerMessage(LogLevel.Warning, "The alert about the rules could not be raised; the next look tries again.")]
    private partial void LogNotTold(Exception exception);
}
