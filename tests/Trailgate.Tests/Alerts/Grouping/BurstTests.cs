using Trailgate.Alerts;
using Trailgate.Alerts.Grouping;
using Trailgate.Storage;
using Trailgate.Tests.Alerts.Listing;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Alerts.Grouping;

/// <summary>50,000 deletes within a minute, over a store and a queue of files. Alone, because it measures the memory of the process.</summary>
[Collection(Name)]
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class BurstTests : IDisposable
{
    private const string Name = "Burst";
    private const int Events = 50_000;
    private const int EventsABatch = 200;
    private const int Initiators = 2;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_burst_is_told_by_the_first_alerts_and_summaries_and_listed_whole_and_memory_stays_flat()
    {
        var store = new FileBlobStore(_folder.Combine("data"));
        var time = new ManualTimeProvider();
        var world = new GroupWorld(store: store, queue: new FileMessageQueue(_folder.Combine("queue"), time), time: time);
        var delivery = world.NewDelivery();
        var memory = new List<long>();
        for (var batch = 0; batch < Events / EventsABatch; batch++)
        {
            var first = batch * EventsABatch;
            await world.QueueAsync([.. Enumerable.Range(first, EventsABatch).Select(number => GroupWorld.Line(number, initiator: $"IBMid-{number % Initiators}"))]);
            await world.PumpAsync(delivery, TimeSpan.FromMilliseconds(60_000 * EventsABatch / Events));
            if (batch % 50 == 49)
            {
                memory.Add(GC.GetTotalMemory(forceFullCollection: true));
            }
        }

        // One alert at once for each group, and the window is not over yet.
        Assert.Equal(Initiators, world.Told.Count);
        await world.PumpAsync(delivery, TimeSpan.FromMinutes(5));
        await world.PumpAsync(delivery, TimeSpan.FromMinutes(5));

        Assert.Equal(2 * Initiators, world.Told.Count);
        Assert.Equal(Initiators, world.Told.Count(notification => notification.Kind == NotificationKind.Summary));
        Assert.Equal(Events, world.Sum);
        Assert.All(world.Told, notification => Assert.InRange(notification.Json.Length, 1, 20_000));
        Assert.InRange(memory[^1] - memory[0], long.MinValue, 4 << 20);
        await foreach (var entry in store.ListAsync(Containers.Alerts, GroupId.Prefix, null, CancellationToken.None))
        {
            Assert.InRange(entry.Length, 1, 32 * 1024);
        }

        Assert.Equal(Events, await CountListedAsync(world));
    }

    private static async Task<int> CountListedAsync(GroupWorld world)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (string? next = ""; next is not null;)
        {
            var page = await AlertsEndpointTests.GetAsync(world, $"?limit=1000{next}");
            foreach (var alert in page.GetProperty("alerts").EnumerateArray())
            {
                Assert.True(ids.Add(alert.GetProperty("id").GetString()!));
            }

            next = page.TryGetProperty("next", out var place) ? $"&after={place.GetString()}" : null;
        }

        return ids.Count;
    }
}
