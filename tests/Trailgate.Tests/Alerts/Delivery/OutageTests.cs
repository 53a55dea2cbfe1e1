using Trailgate.Alerts;
using Trailgate.Alerts.Channels;
using Trailgate.Alerts.Delivery;
using Trailgate.Storage;
using Trailgate.Tests.Alerts.Grouping;

namespace Trailgate.Tests.Alerts.Delivery;

/// <summary>
/// A channel that is down for most of a day, or for longer than that, with 5,000 alerts for it within four minutes: each by
/// itself, and by 50 initiators in groups that gather for five minutes.
/// </summary>
public sealed class OutageTests
{
    private const int Alerts = 5_000;
    private const int Batches = 50;
    private const int Initiators = 50;

    private static readonly TimeSpan BetweenBatches = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData(false, Alerts)]
    [InlineData(true, 2 * Initiators)] // the first of each, and a summary of the others
    public async Task After_20_hours_each_alert_arrives_grouped_as_ever_and_the_other_channel_was_never_late(bool isGrouped, int notifications)
    {
        var world = NewWorld(isGrouped);
        Receiver slack = new(world, downFor: TimeSpan.FromHours(20)), pager = new(world, downFor: TimeSpan.Zero);
        var delivery = world.NewDelivery(world.NewChannels(slack.Channel("slack"), pager.Channel("pager")));

        await RaiseAsync(world, delivery);
        // The circuit spares a receiver that is down: not 5,000 requests a round.
        Assert.InRange(slack.Refused, 1, Alerts / 10);
        await PassAsync(world, delivery, TimeSpan.FromHours(19));
        Assert.Empty(DeadLetters(world));
        Assert.Empty(slack.Taken);
        await PassAsync(world, delivery, TimeSpan.FromHours(5));

        Assert.Equal(notifications, pager.Taken.Count);
        Assert.Equal(Alerts, pager.Taken.Sum(taken => GroupWorld.CountOf(taken.Notification)));
        Assert.Equal(pager.Texts, slack.Texts);
        Assert.Empty(world.MemoryQueue.Bodies);
        AssertNeverLate(pager);
    }

    [Theory]
    [InlineData(false, Alerts)]
    [InlineData(true, 2 * Initiators)]
    public async Task After_26_hours_they_are_dead_letters_and_one_command_sends_them_all_again(bool isGrouped, int notifications)
    {
        var world = NewWorld(isGrouped);
        Receiver slack = new(world, downFor: TimeSpan.FromHours(26)), pager = new(world, downFor: TimeSpan.Zero);
        var channels = world.NewChannels(slack.Channel("slack"), pager.Channel("pager"));
        var delivery = world.NewDelivery(channels);

        await RaiseAsync(world, delivery);
        await PassAsync(world, delivery, TimeSpan.FromHours(25));
        Assert.Empty(slack.Taken);
        await PassAsync(world, delivery, TimeSpan.FromHours(1));

        var dead = DeadLetters(world);
        Assert.Equal(notifications, dead.Intersect(pager.Ids).Count(id => !pager.IsPipeline(id)));
        Assert.Equal(dead.Count, await world.NewRedelivery(channels).AllAsync("slack", CancellationToken.None));
        Assert.Empty(DeadLetters(world));
        await world.PumpAsync(delivery);
        // What the pipeline told of the dead ones is not a day old yet, and has a try to come.
        await PassAsync(world, delivery, TimeSpan.FromHours(4));

        Assert.Equal(Alerts, slack.Taken.Where(taken => !taken.Notification.IsPipeline).Sum(taken => GroupWorld.CountOf(taken.Notification)));
        Assert.Equal(pager.Texts, slack.Texts);
        Assert.Empty(DeadLetters(world));
        Assert.Empty(world.MemoryQueue.Bodies);
        AssertNeverLate(pager);
    }

    private static GroupWorld NewWorld(bool isGrouped) => new() { Options = new AlertOptions { GroupWindow = isGrouped ? Window : TimeSpan.Zero } };

    private static async Task RaiseAsync(GroupWorld world, AlertDelivery delivery)
    {
        for (var batch = 0; batch < Batches; batch++)
        {
            await world.QueueAsync([.. Enumerable.Range(batch * Alerts / Batches, Alerts / Batches)
                .Select(number => GroupWorld.Line(number, initiator: $"IBMid-{number % Initiators}"))]);
            await world.PumpAsync(delivery);
            await world.PumpAsync(delivery, BetweenBatches);
        }

        for (var passed = TimeSpan.Zero; passed < Window; passed += BetweenBatches)
        {
            await world.PumpAsync(delivery, BetweenBatches);
        }
    }

    private static async Task PassAsync(GroupWorld world, AlertDelivery delivery, TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromMinutes(5))
        {
            await world.PumpAsync(delivery, TimeSpan.FromMinutes(5));
        }
    }

    private static List<string> DeadLetters(GroupWorld world) =>
    [
        .. world.Memory.Blobs.Select(static blob => blob.Key).Where(static name => name.Container == Containers.Alerts && name.Path.StartsWith("dead/slack/", StringComparison.Ordinal))
            .Select(static name => Path.GetFileNameWithoutExtension(name.Path)),
    ];

    /// <summary>Each alert came when it was raised, and each summary when its window ended: at the next look of the test.</summary>
    private static void AssertNeverLate(Receiver receiver)
    {
        foreach (var thread in receiver.Taken.Where(taken => !taken.Notification.IsPipeline).GroupBy(taken => taken.Notification.Thread))
        {
            var first = thread.First();
            Assert.Equal(NotificationKind.Alert, first.Notification.Kind);
            Assert.All(thread.Skip(1), summary => Assert.Equal(Window, summary.At - first.At));
        }

        Assert.All(receiver.Taken.Where(taken => taken.Notification.Kind == NotificationKind.Alert), taken => Assert.Equal(
            Alert.Read(taken.Notification.Json)?.RaisedAt, Trailgate.Events.EventTime.From(taken.At).ToString()));
    }

    /// <summary>Takes nothing for a time, and remembers what it took when.</summary>
    private sealed class Receiver(GroupWorld world, TimeSpan downFor)
    {
        private readonly DateTimeOffset _up = world.Time.GetUtcNow() + downFor;

        public List<(Notification Notification, DateTimeOffset At)> Taken { get; } = [];

        public int Refused { get; private set; }

        public IEnumerable<string> Ids => Taken.Select(static taken => taken.Notification.Id.ToString());

        /// <summary>What it was told, in an order of its own.</summary>
        public IEnumerable<string> Texts => Taken.Select(static taken => System.Text.Encoding.UTF8.GetString(taken.Notification.Json.Span)).Order(StringComparer.Ordinal);

        public bool IsPipeline(string id) => Taken.Exists(taken => taken.Notification.IsPipeline && taken.Notification.Id.ToString() == id);

        public AlertChannel Channel(string name) => new(name, (notification, _) =>
        {
            lock (Taken)
            {
                var now = world.Time.GetUtcNow();
                if (now < _up)
                {
                    Refused++;
                    return Task.FromResult(FakeReceiver.Answer(503));
                }

                Taken.Add((notification, now));
                return Task.FromResult(FakeReceiver.Answer(200));
            }
        });
    }
}
