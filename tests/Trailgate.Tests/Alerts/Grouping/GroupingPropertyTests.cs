using FsCheck;
using Trailgate.Alerts;
using Trailgate.Alerts.Delivery;
using Trailgate.Storage;
using Random = System.Random;

namespace Trailgate.Tests.Alerts.Grouping;

/// <summary>
/// Alerts that come at random times, to two processes at once, over a store and a queue that fail before or after they did
/// what they were asked, and messages that come twice: the counts of all notifications always add up to the matches.
/// </summary>
public sealed class GroupingPropertyTests
{
    [Theory]
    [InlineData("""{"rules":[]}""")]
    [InlineData("""{"rules":[{"name":"delete","threshold":{"count":4,"within":"01:00:00"}},{"name":"failure","group":{"by":[],"window":"00:00:20"}}]}""")]
    public void Every_match_is_told_once_whatever_fails_and_whoever_handles_it(string rules) =>
        Prop.ForAll<int>(seed => RunAsync(new Random(seed), rules).GetAwaiter().GetResult())
            .Check(new Configuration { MaxNbOfTest = 150, EndSize = int.MaxValue, QuietOnSuccess = true, Runner = Config.QuickThrowOnFailure.Runner });

    private static async Task RunAsync(Random random, string rules)
    {
        var world = new GroupWorld(rules);
        AlertDelivery[] processes = [world.NewDelivery(), world.NewDelivery()];
        var faults = new Random(random.Next());
        void Fail()
        {
            lock (faults)
            {
                if (faults.Next(25) == 0)
                {
                    throw new StorageException("The test's store fails.");
                }
            }
        }

        var matches = 0;
        for (var step = 0; step < 60; step++)
        {
            switch (random.Next(5))
            {
                case 0:
                    var lines = Enumerable.Range(0, random.Next(1, 6)).Select(_ => RandomLine(random, matches++)).ToList();
                    await world.QueueAsync(lines);
                    break;
                case 1:
                    world.Time.Advance(TimeSpan.FromSeconds(random.Next(1, 400)));
                    break;
                case 2 when world.MemoryQueue.Bodies.Count > 0:
                    // At least once means now and then twice.
                    var body = world.MemoryQueue.Bodies[random.Next(world.MemoryQueue.Bodies.Count)];
                    await world.Queue.SendAsync(body, TimeSpan.FromSeconds(random.Next(600)), CancellationToken.None);
                    break;
                default:
                    (world.Memory.Before, world.Memory.After) = (_ => Fail(), _ => Fail());
                    (world.MemoryQueue.Before, world.MemoryQueue.After) = (_ => Fail(), _ => Fail());
                    await Task.WhenAll(processes.Select(process => Task.Run(() => HandleSomeAsync(world, process))));
                    (world.Memory.Before, world.Memory.After, world.MemoryQueue.Before, world.MemoryQueue.After) = (null, null, null, null);
                    break;
            }
        }

        // All that is left comes to its end: leases run out, windows end, retries come.
        for (var i = 0; i < 60 && world.MemoryQueue.Bodies.Count > 0; i++)
        {
            await world.PumpAsync(processes[i % 2], TimeSpan.FromHours(1));
        }

        var groups = world.Groups();
        Assert.Empty(world.MemoryQueue.Bodies);
        Assert.All(groups, group => Assert.True(group is { Due: null, Closing: null, Tally.Count: 0 }, group.ToString()));
        Assert.Equal(matches, groups.Sum(group => group.Matches));
        Assert.Equal(groups.Sum(group => group.Told), world.Sum);
        Assert.Equal(matches, world.Sum + groups.Sum(group => group.Held.Count + group.Lapsed));
    }

    private static async Task HandleSomeAsync(GroupWorld world, AlertDelivery process)
    {
        try
        {
            foreach (var message in await world.Queue.ReceiveAsync(3, TimeSpan.FromMinutes(5), CancellationToken.None))
            {
                await process.HandleAsync(message.Body, CancellationToken.None);
                await world.Queue.DeleteAsync(message, CancellationToken.None);
            }
        }
        catch (StorageException)
        {
            // As a host does: the message comes back when its lease has run out.
        }
    }

    // Each is a delete or a failure, never both: one match each.
    private static ReadOnlyMemory<byte> RandomLine(Random random, int number) => GroupWorld.Line(
        number,
        initiator: $"IBMid-{random.Next(3)}",
        kind: number % 3 == 0 ? "read" : "delete",
        outcome: number % 3 == 0 ? "failure" : "success",
        time: $"06:{random.Next(60):D2}:{random.Next(60):D2}.000");
}
