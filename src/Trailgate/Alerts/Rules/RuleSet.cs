using Trailgate.Events;

namespace Trailgate.Alerts.Rules;

/// <summary>
/// The rules that are on, made ready to be asked for every event that is received: of an event no more is read than the
/// rules need, and nothing when kind, outcome and region decide.
/// </summary>
public sealed class RuleSet
{
    /// <summary>Most tests of fields that all rules together may have.</summary>
    public const int MaxTests = 1_024;

    private readonly AlertRule[] _rules;
    private readonly CompiledCondition[] _conditions;
    private readonly KnownFacts _facts;
    private readonly FieldTrie _fields = new();
    private readonly int _words;

    /// <summary>Rules in the order in which the alerts of one event are written; those that are off are left out.</summary>
    public RuleSet(IEnumerable<AlertRule> rules)
    {
        _rules = [.. rules.Where(static rule => rule.IsOn)];
        var tests = new List<Condition.Field>();
        _conditions = [.. _rules.Select(rule => CompiledCondition.Of(rule.When, field =>
        {
            tests.Add(field);
            return tests.Count - 1;
        }))];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tests.Count, MaxTests, nameof(rules));
        _facts = new KnownFacts(tests);
        _words = (tests.Count + 63) / 64;
        for (var i = 0; i < tests.Count; i++)
        {
            _fields.Add(tests[i], i);
        }
    }

    /// <summary>The shipped rules, as they are on or off without any setting.</summary>
    public static RuleSet Default { get; } = new(ShippedRules.All);

    /// <summary>The rules themselves.</summary>
    public IReadOnlyList<AlertRule> Rules => _rules;

    /// <summary>The rule of that name, if it is on.</summary>
    public AlertRule? Find(string name) => Array.Find(_rules, rule => rule.Name == name);

    /// <summary>
    /// Whether any rule matches. Does not allocate, but where a rule asks for addresses of IP version 6. A stage that is not
    /// an action's last matches none: each action would count twice.
    /// </summary>
    /// <param name="line">What was read of the event.</param>
    /// <param name="bytes">Its normalized line.</param>
    public bool Matches(in EventLine line, ReadOnlySpan<byte> bytes)
    {
        if (line.IsInterim)
        {
            return false;
        }

        Span<ulong> known = stackalloc ulong[_words];
        Span<ulong> passed = stackalloc ulong[_words];
        _facts.Read(line, known, passed);
        return AnyMatches(known, passed) switch
        {
            Truth.True => true,
            Truth.False => false,
            _ => ReadAll(bytes, known, passed) && AnyMatches(known, passed) == Truth.True,
        };
    }

    /// <summary>The rules that match, in their order.</summary>
    internal void Match(in EventLine line, ReadOnlySpan<byte> bytes, List<AlertRule> matching)
    {
        matching.Clear();
        if (line.IsInterim)
        {
            return;
        }

        Span<ulong> known = stackalloc ulong[_words];
        Span<ulong> passed = stackalloc ulong[_words];
        _facts.Read(line, known, passed);
        var readAll = false;
        for (var i = 0; i < _conditions.Length; i++)
        {
            var truth = _conditions[i].Evaluate(known, passed);
            if (truth == Truth.Unknown && !readAll)
            {
                readAll = true;
                truth = ReadAll(bytes, known, passed) ? _conditions[i].Evaluate(known, passed) : Truth.False;
            }

            if (truth == Truth.True)
            {
                matching.Add(_rules[i]);
            }
        }
    }

    private Truth AnyMatches(ReadOnlySpan<ulong> known, ReadOnlySpan<ulong> passed)
    {
        var result = Truth.False;
        foreach (var condition in _conditions)
        {
            var one = condition.Evaluate(known, passed);
            if (one == Truth.True)
            {
                return one;
            }

            result = one == Truth.Unknown ? one : result;
        }

        return result;
    }

    private bool ReadAll(ReadOnlySpan<byte> bytes, Span<ulong> known, Span<ulong> passed)
    {
        if (!_fields.Run(bytes, passed))
        {
            return false;
        }

        known.Fill(ulong.MaxValue);
        return true;
    }
}
