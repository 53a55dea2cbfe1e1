using System.Globalization;

namespace Trailgate.Tests.Model;

/// <summary>What a schedule ended in.</summary>
internal sealed record Outcome(int Seed, IReadOnlyList<int> Choices, Simulation Simulation)
{
    public bool Failed => Simulation.Violations.Count > 0;

    /// <summary>The seed, the shortest schedule that was found to fail, and what happened in it.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        TRAILGATE_SEED={Seed} fails:
        {string.Join('\n', Simulation.Violations)}
        Choices: [{string.Join(", ", Choices)}]
        {string.Join('\n', Simulation.Trace.TakeLast(400))}
        """);
}

/// <summary>Makes schedules from seeds, and makes those that fail shorter.</summary>
internal static class Schedule
{
    private const int Shortest = 20;
    private const int Longest = 220;
    private const int MostShrinkingRuns = 400;

    /// <summary>Follows the schedule of a seed.</summary>
    public static Outcome Run(int seed, Defect defect = Defect.None) => Run(seed, Choices(seed), defect, trace: false);

    /// <summary>The shortest schedule that is found to fail as well, with its trace; the schedule as it was when it fails no more.</summary>
    public static Outcome Shrink(Outcome failed)
    {
        var best = failed.Choices.ToList();
        var defect = failed.Simulation.Defect;
        var runs = 0;
        bool Fails(List<int> choices) => runs++ < MostShrinkingRuns && Run(failed.Seed, choices, defect, trace: false).Failed;

        for (var length = best.Count / 2; length > 0; length /= 2)
        {
            for (var start = 0; start + length <= best.Count;)
            {
                var without = best.ToList();
                without.RemoveRange(start, length);
                if (Fails(without))
                {
                    best = without;
                }
                else
                {
                    start += length;
                }
            }
        }

        for (var i = 0; i < best.Count; i++)
        {
            var simpler = best.ToList();
            simpler[i] = 0;
            if (best[i] != 0 && Fails(simpler))
            {
                best = simpler;
            }
        }

        // Where threads raced the failure may stay away; then what was seen is better than what was not.
        var shrunk = Run(failed.Seed, best, defect, trace: true);
        return shrunk.Failed ? shrunk : failed;
    }

    /// <summary>The trace of a seed's schedule.</summary>
    public static IReadOnlyList<string> Trace(int seed) => Run(seed, Choices(seed), Defect.None, trace: true).Simulation.Trace;

    private static Outcome Run(int seed, IReadOnlyList<int> choices, Defect defect, bool trace)
    {
        var simulation = new Simulation(choices, defect, trace);
        simulation.Run();
        return new Outcome(seed, choices, simulation);
    }

    private static int[] Choices(int seed)
    {
        var random = new Random(seed);
        var choices = new int[random.Next(Shortest, Longest)];
        for (var i = 0; i < choices.Length; i++)
        {
            choices[i] = random.Next(1_000_000);
        }

        return choices;
    }
}
