using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Trailgate.Archive;
using Trailgate.Query;
using Trailgate.Signing;
using Trailgate.Tests.Storage;
using static Trailgate.Tests.Query.QueryStore;

namespace Trailgate.Tests.Query;

/// <summary>Looks at the store before and after every single operation of real archive runs.</summary>
public class DuringARunTests
{
    private readonly QueryStore _store = new();

    [Fact]
    public async Task Every_event_is_seen_once_and_every_counter_adds_up_at_each_operation_of_a_run()
    {
        // Seven items in two plans: four events in two regions, two copies (one across the plans), one that is no event.
        await _store.BatchAsync(Event(1, "05:00:00"), Event(2, "05:30:00", "eu-de"), Event(1, "05:00:00"));
        await _store.BatchAsync(Quarantined("eu-de"), Event(3, "06:00:00"));
        await _store.BatchAsync(Event(1, "05:00:00"), Event(4, "06:10:00"));
        var wrong = new List<string>();
        var looks = 0;
        var looking = false;
        void Look(string when)
        {
            if (looking)
            {
                return;
            }

            looking = true;
            looks++;
            if (Task.Run(LookAsync).GetAwaiter().GetResult() is { } complaint)
            {
                wrong.Add($"{when}: {complaint}");
            }

            looking = false;
        }

        _store.Blobs.Before = call => Look($"before {call}");
        _store.Blobs.After = call => Look($"after {call}");
        await ArchiverOf(planBatches: 2).RunAsync(default);
        (_store.Blobs.Before, _store.Blobs.After) = (null, null);

        Assert.Empty(wrong);
        Assert.True(looks > 50, $"looked only {looks} times");
        Assert.Equal(new RegionStats(7, 4, 2, 1, 0), (await _store.Stats.ReadAsync(default)).Total);
        Assert.Equal([4, 3, 2, 1], await _store.FindAsync(new EventQuery()));
    }

    private async Task<string?> LookAsync()
    {
        var report = await _store.Stats.ReadAsync(default);
        var events = await _store.FindAsync(new EventQuery());
        return report is not { Balanced: true, Settled: true, Total.Received: 7 } ? $"{report} {report.Total}"
            : !events.SequenceEqual([4, 3, 2, 1]) ? $"events {string.Join(',', events)}"
            : null;
    }

    private StoreArchiver ArchiverOf(int planBatches) => new(
        OneStore.Over(_store.Blobs),
        _store.Time,
        Options.Create(new ArchiveOptions { PlanBatches = planBatches }),
        SigningKeys.None,
        new ArchiveHooks((_, _, _) => Task.CompletedTask, (_, _, _) => Task.CompletedTask),
        NullLogger<StoreArchiver>.Instance);
}
