using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Trailgate.Storage;

namespace Trailgate.Alerts.Rules;

/// <summary>
/// The rules in force in this process. They change as a whole: who asks for several things in a row asks for
/// <see cref="Current"/> once.
/// </summary>
public sealed partial class ActiveRules
{
    private State _state;

    /// <summary>Rules that are in force from now on.</summary>
    public ActiveRules(RuleSet rules) => _state = new State(rules, rules.Rules, "", null, []);

    /// <summary>The rules that are on.</summary>
    public RuleSet Current => Volatile.Read(ref _state).Rules;

    /// <summary>All rules, those that are off too.</summary>
    internal IReadOnlyList<AlertRule> All => Volatile.Read(ref _state).All;

    /// <summary>When they came into force; null for those of the start.</summary>
    internal DateTimeOffset? Since => Volatile.Read(ref _state).Since;

    /// <summary>What is wrong with newer ones that are therefore not in force.</summary>
    internal IReadOnlyList<string> Problems => Volatile.Read(ref _state).Problems;

    /// <summary>Reads the rules that count from the start.</summary>
    /// <exception cref="OptionsValidationException">They are wrong.</exception>
    internal static ActiveRules Open(RuleSource source, TimeProvider time, ILogger<ActiveRules> logger)
    {
        var active = new ActiveRules(RuleSet.Default);
        try
        {
            // At the start, where nothing else waits for this thread.
            var loaded = source.LoadAsync(CancellationToken.None).GetAwaiter().GetResult();
            if (loaded.Problems.Count > 0)
            {
                throw new OptionsValidationException(AlertOptions.Section, typeof(AlertOptions), loaded.Problems);
            }

            active.Use(loaded, time.GetUtcNow());
        }
        catch (StorageException e)
        {
            LogNotRead(logger, e);
        }

        return active;
    }

    /// <summary>Puts rules without problems into force; false when they are already.</summary>
    internal bool Use(LoadedRules loaded, DateTimeOffset now)
    {
        var before = Volatile.Read(ref _state);
        if (before.Fingerprint == loaded.Fingerprint)
        {
            Volatile.Write(ref _state, before with { Problems = [] });
            return false;
        }

        Volatile.Write(ref _state, new State(new RuleSet(loaded.Rules), loaded.Rules, loaded.Fingerprint, now, []));
        return true;
    }

    /// <summary>Keeps the rules, and notes what is wrong with the newer ones.</summary>
    internal void Complain(IReadOnlyList<string> problems) =>
        Volatile.Write(ref _state, Volatile.Read(ref _state) with { Problems = problems });

    [LoggerMessage(LogLevel.Error, "The blob of rules can not be read; until it can, only the shipped rules count.")]
    private static partial void LogNotRead(ILogger logger, Exception exception);

    private sealed record State(
        RuleSet Rules, IReadOnlyList<AlertRule> All, string Fingerprint, DateTimeOffset? Since, IReadOnlyList<string> Problems);
}
