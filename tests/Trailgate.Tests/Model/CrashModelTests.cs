using System.Globalization;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace Trailgate.Tests.Model;

/// <summary>
/// The whole product, several processes of it, under schedules of crashes and faults. More of it:
/// <c>TRAILGATE_SCHEDULES=10000 dotnet test tests/Trailgate.Tests -c Release --filter CrashModelTests</c>;
/// <c>TRAILGATE_SEED</c> tries from the seed that a failure names.
/// </summary>
public sealed class CrashModelTests(ITestOutputHelper output)
{
    private const int Slice = 120;

    private static readonly int Schedules = Number("TRAILGATE_SCHEDULES") ?? Slice;
    private static readonly int FirstSeed = Number("TRAILGATE_SEED") ?? Random.Shared.Next(1_000_000_000);

    [Fact]
    public void Whatever_crashes_fails_or_comes_late_every_acknowledged_event_is_archived_once_and_no_alert_is_lost()
    {
        output.WriteLine($"Seeds from {FirstSeed}.");
        var total = new FaultCounts();
        for (var i = 0; i < Schedules; i++)
        {
            var outcome = Schedule.Run(FirstSeed + i);
            Assert.False(outcome.Failed, outcome.Failed ? Schedule.Shrink(outcome).ToString() : "");
            total.Add(outcome.Simulation.Counts);
        }

        output.WriteLine(total.ToString());
        AssertEnoughHappened(total);
    }

    [Fact]
    public void A_schedule_does_the_same_each_time()
    {
        foreach (var seed in Enumerable.Range(1, 5))
        {
            Assert.Equal(WithoutChance(Schedule.Trace(seed)), WithoutChance(Schedule.Trace(seed)));
        }
    }

    [Theory]
    [InlineData(Defect.AnswerBeforeSync)]
    [InlineData(Defect.BatchesDeletedBeforeTheNote)]
    [InlineData(Defect.SwapThatAlwaysSucceeds)]
    [InlineData(Defect.SegmentsNotListed)]
    [InlineData(Defect.MarkBeforeMessage)]
    [InlineData(Defect.AlertsNeverCaughtUp)]
    [InlineData(Defect.MessageGoneWhenReceived)]
    public void What_is_broken_on_purpose_is_found(Defect defect)
    {
        const int Most = 60;
        var found = Enumerable.Range(1, Most).FirstOrDefault(seed => Schedule.Run(seed, defect).Failed);

        Assert.True(found > 0, $"{defect} went unnoticed in {Most} schedules.");
        output.WriteLine($"{defect}: found by schedule {found}.");
    }

    private static void AssertEnoughHappened(FaultCounts counts)
    {
        foreach (var property in typeof(FaultCounts).GetProperties().Where(property => property.PropertyType == typeof(long)))
        {
            Assert.True((long)property.GetValue(counts)! >= counts.Schedules / 5, $"{property.Name} happened {property.GetValue(counts)} times in {counts.Schedules} schedules.");
        }
    }

    // Ids of version 7 end in 74 bits of chance, and so do the ids of alerts about what such an id names.
    private static IEnumerable<string> WithoutChance(IReadOnlyList<string> trace) =>
        trace.Select(line => Regex.Replace(line, "-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}", "", RegexOptions.NonBacktracking));

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
