using System.Text;
using System.Text.Json;
using Trailgate.Events;

namespace Trailgate.Alerts.Rules;

/// <summary>
/// The tests that can be answered from what ingest knows of every event already: kind, outcome and region. Rules over
/// nothing else, as the shipped ones are, cost no look at the line.
/// </summary>
internal sealed class KnownFacts
{
    private readonly ulong[] _known;
    private readonly ulong[][] _byKind;
    private readonly ulong[][] _byOutcome;
    private readonly List<(int Number, FieldTest Test)> _ofRegion = [];

    public KnownFacts(IReadOnlyList<Condition.Field> tests)
    {
        var words = (tests.Count + 63) / 64;
        _known = new ulong[words];
        _byKind = NewRows<EventKind>(words);
        _byOutcome = NewRows<Outcome>(words);
        for (var i = 0; i < tests.Count; i++)
        {
            Add(tests[i], i);
        }
    }

    /// <summary>Notes what is known, and what of it passed.</summary>
    public void Read(in EventLine line, Span<ulong> known, Span<ulong> passed)
    {
        var byKind = _byKind[(int)line.Kind];
        var byOutcome = _byOutcome[(int)line.Outcome];
        for (var i = 0; i < _known.Length; i++)
        {
            known[i] = _known[i];
            passed[i] = byKind[i] | byOutcome[i];
        }

        if (_ofRegion.Count > 0)
        {
            ReadRegion(line.Region, passed);
        }
    }

    private void Add(Condition.Field field, int number)
    {
        if (field.Path.Is("trailgate", "kind"))
        {
            Fill(_byKind, Enum.GetValues<EventKind>(), EventKinds.ToText, field.Test, number);
        }
        else if (field.Path.Is("outcome"))
        {
            Fill(_byOutcome, Enum.GetValues<Outcome>(), Outcomes.ToText, field.Test, number);
        }
        else if (field.Path.Is("trailgate", "region"))
        {
            _ofRegion.Add((number, field.Test));
        }
        else
        {
            return;
        }

        _known[number >> 6] |= 1UL << number;
    }

    private static ulong[][] NewRows<T>(int words)
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(_ => new ulong[words])];

    private static void Fill<T>(ulong[][] rows, T[] values, Func<T, string> text, FieldTest test, int number)
        where T : struct, Enum
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (test.Passes(JsonTokenType.String, Encoding.UTF8.GetBytes(text(values[i]))))
            {
                rows[i][number >> 6] |= 1UL << number;
            }
        }
    }

    private void ReadRegion(Region region, Span<ulong> passed)
    {
        Span<byte> name = stackalloc byte[Region.MaxLength];
        name = name[..Encoding.UTF8.GetBytes(region.Name, name)];
        foreach (var (number, test) in _ofRegion)
        {
            if (test.Passes(JsonTokenType.String, name))
            {
                passed[number >> 6] |= 1UL << number;
            }
        }
    }
}
