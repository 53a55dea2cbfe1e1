using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Alerts;
using Trailgate.Alerts.Channels;
using Trailgate.Alerts.Delivery;
using Trailgate.Alerts.Grouping;
using Trailgate.Alerts.Rules;
using Trailgate.Events;
using Trailgate.Storage;
using Trailgate.Tests.Storage;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Alerts.Grouping;

/// <summary>Grouping with all that it touches, and a channel that remembers what it was told.</summary>
internal sealed class GroupWorld
{
    private readonly Lock _lock = new();
    private readonly List<Notification> _received = [];

    public GroupWorld(string? rules = null, IBlobStore? store = null, IMessageQueue? queue = null, ManualTimeProvider? time = null)
    {
        Time = time ?? new ManualTimeProvider();
        Memory = store as MemoryBlobStore ?? new MemoryBlobStore();
        Store = OneStore.Over(store ?? Memory);
        Stores = new Stores(Store);
        MemoryQueue = new MemoryMessageQueue(Time);
        Queue = queue ?? MemoryQueue;
        var all = RuleReader.Read(Encoding.UTF8.GetBytes(rules ?? """{"rules":[]}"""), ShippedRules.All, out var problems);
        Assert.Empty(problems);
        Rules = new ActiveRules(RuleSet.Default);
        Rules.Use(new LoadedRules(all!, [], "of the test"), Time.GetUtcNow());
        Dispatcher = new AlertDispatcher(Stores, Queue, Rules, Time, NullLogger<AlertDispatcher>.Instance);
    }

    /// <summary>Begins where the batches' names say that they were made.</summary>
    public ManualTimeProvider Time { get; }

    public MemoryBlobStore Memory { get; }

    public MemoryMessageQueue MemoryQueue { get; }

    public Store Store { get; }

    public Stores Stores { get; }

    public IMessageQueue Queue { get; }

    public ActiveRules Rules { get; }

    public AlertDispatcher Dispatcher { get; }

    /// <summary>Whether what a rule waits for has come; false without another word.</summary>
    public FindEnd FindEnd { get; set; } = static (_, _, _) => Task.FromResult(false);

    /// <summary>All that the channel was told, without repetitions.</summary>
    public IReadOnlyList<Notification> Told
    {
        get
        {
            lock (_lock)
            {
                return [.. _received.DistinctBy(notification => notification.Id)];
            }
        }
    }

    /// <summary>Kind, count and group of what was told, in order.</summary>
    public IEnumerable<string> Words => Told.Select(static notification => notification.Kind == NotificationKind.Alert
        ? $"alert {notification.Thread.Split(':')[0]}"
        : $"{notification.Kind} {notification.Rule} {CountOf(notification)}".ToLowerInvariant());

    /// <summary>The sum of all that was told.</summary>
    public long Sum => Told.Sum(CountOf);

    /// <summary>How groups gather where a rule says nothing else.</summary>
    public AlertOptions Options { get; init; } = new();

    /// <summary>A process that delivers to <c>ops</c>.</summary>
    public AlertDelivery NewDelivery() => NewDelivery(NewChannels(new AlertChannel("ops", (notification, _) =>
    {
        lock (_lock)
        {
            _received.Add(notification);
        }

        return Task.FromResult<SendResult>(new SendResult.Delivered(200));
    })));

    /// <summary>A process that delivers to channels of the test's.</summary>
    public AlertDelivery NewDelivery(AlertChannels channels)
    {
        var groups = new AlertGroups(
            Stores, Queue, Rules, new Fanout(Queue, Dispatcher, channels.All), (alert, wait, token) => FindEnd(alert, wait, token),
            Options, Time, NullLogger<AlertGroups>.Instance);
        return new AlertDelivery(Stores, Queue, Dispatcher, channels, States, Time, NullLogger<AlertDelivery>.Instance)
        {
            Group = groups.DecideAsync,
            HandleTimed = groups.HandleAsync,
        };
    }

    /// <summary>Without chance in the waits.</summary>
    public AlertChannels NewChannels(params AlertChannel[] channels) => new(channels, new RetrySchedule(() => 0), handlers: 2, Time);

    public Redelivery NewRedelivery(AlertChannels channels) =>
        new(Stores, Queue, Dispatcher, channels, States, NullLogger<Redelivery>.Instance);

    private ChannelStates States => new(Stores, Dispatcher, Time, NullLogger<ChannelStates>.Instance);

    /// <summary>What ingest does with a batch of these lines.</summary>
    public Task QueueAsync(params IReadOnlyList<ReadOnlyMemory<byte>> lines)
    {
        var made = Time.GetUtcNow();
        var id = Guid.CreateVersion7(made);
        var name = new BlobName(Containers.Inbox, $"{BatchName.Prefix}{made:yyyy-MM-dd/HH}/{id}.ndjson");
        return Dispatcher.QueueAsync(Store, name, lines, 0, CancellationToken.None);
    }

    /// <summary>Handles all that is visible.</summary>
    public async Task PumpAsync(AlertDelivery delivery)
    {
        while (await Queue.ReceiveAsync(1, TimeSpan.FromMinutes(5), CancellationToken.None) is [var message])
        {
            await delivery.HandleAsync(message.Body, CancellationToken.None);
            await Queue.DeleteAsync(message, CancellationToken.None);
        }
    }

    /// <summary>Lets time pass, and handles all that is then visible.</summary>
    public Task PumpAsync(AlertDelivery delivery, TimeSpan after)
    {
        Time.Advance(after);
        return PumpAsync(delivery);
    }

    public IReadOnlyList<GroupState> Groups() =>
        [.. Memory.Blobs.Where(blob => blob.Key.Path.StartsWith(GroupId.Prefix, StringComparison.Ordinal))
            .Select(blob => GroupState.Read(blob.Value.Span, default))];

    /// <summary>A normalized line of an event that somebody caused at a time.</summary>
    public static ReadOnlyMemory<byte> Line(
        int number, string initiator = "IBMid-1", string project = "p-1", string kind = "delete", string outcome = "success", string time = "06:00:00.000") =>
        Encoding.UTF8.GetBytes(
            $$$"""{"id":"{{{number:x32}}}","eventTime":"2026-11-22T{{{time}}}Z","action":"codeengine.application.{{{kind}}}","outcome":"{{{outcome}}}","severity":"warning","initiator":{"id":"{{{initiator}}}"},"target":{"id":"crn:v1:bluemix:public:codeengine:us-south:a/1:{{{project}}}:app:x"},"correlationId":"c-{{{number}}}","trailgate":{"schema":1,"region":"us-south","kind":"{{{kind}}}"}}""");

    public static long CountOf(Notification notification)
    {
        using var document = JsonDocument.Parse(notification.Json);
        return notification.Kind == NotificationKind.Summary ? document.RootElement.GetProperty("count"u8).GetInt64() : 1;
    }
}
