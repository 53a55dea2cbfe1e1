namespace Trailgate.Alerts.Rules;

/// <summary>A condition over numbered tests. What is not read yet leaves it unknown, unless it is decided without that.</summary>
internal abstract class CompiledCondition
{
    /// <summary>What it comes to. Does not allocate.</summary>
    /// <param name="known">A bit for each test whose result is known.</param>
    /// <param name="passed">A bit for each test that passed.</param>
    public abstract Truth Evaluate(ReadOnlySpan<ulong> known, ReadOnlySpan<ulong> passed);

    /// <summary>Compiles a condition; the tests get their numbers from the caller.</summary>
    public static CompiledCondition Of(Condition condition, Func<Condition.Field, int> number) => condition switch
    {
        Condition.All all => new Several([.. all.Parts.Select(part => Of(part, number))], Truth.False),
        Condition.Any any => new Several([.. any.Parts.Select(part => Of(part, number))], Truth.True),
        Condition.Not not => new Negation(Of(not.Part, number)),
        Condition.Field field => new Single(number(field)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static Truth Opposite(Truth truth) => (Truth)((int)Truth.True - (int)truth);

    private sealed class Single(int test) : CompiledCondition
    {
        public override Truth Evaluate(ReadOnlySpan<ulong> known, ReadOnlySpan<ulong> passed)
        {
            var bit = 1UL << test;
            return (known[test >> 6] & bit) == 0 ? Truth.Unknown : (passed[test >> 6] & bit) == 0 ? Truth.False : Truth.True;
        }
    }

    private sealed class Negation(CompiledCondition part) : CompiledCondition
    {
        public override Truth Evaluate(ReadOnlySpan<ulong> known, ReadOnlySpan<ulong> passed) => Opposite(part.Evaluate(known, passed));
    }

    /// <param name="parts">At least one.</param>
    /// <param name="decisive">The result of one part that makes the others not matter: false for all, true for any.</param>
    private sealed class Several(CompiledCondition[] parts, Truth decisive) : CompiledCondition
    {
        public override Truth Evaluate(ReadOnlySpan<ulong> known, ReadOnlySpan<ulong> passed)
        {
            var result = Opposite(decisive);
            foreach (var part in parts)
            {
                var one = part.Evaluate(known, passed);
                if (one == decisive)
                {
                    return decisive;
                }

                result = one == Truth.Unknown ? Truth.Unknown : result;
            }

            return result;
        }
    }
}
