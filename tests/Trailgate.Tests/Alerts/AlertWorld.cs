using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Alerts;
using Trailgate.Alerts.Channels;
using Trailgate.Alerts.Delivery;
using Trailgate.Alerts.Rules;
using Trailgate.Events;
using Trailgate.Storage;
using Trailgate.Tests.Storage;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Alerts;

/// <summary>All that alerts touch, in memory, with a clock that the test moves.</summary>
internal sealed class AlertWorld
{
    /// <summary>A version 7 UUID whose first 48 bits are 0x019eab000000 ms: 2026-06-09T06:09:24.480Z.</summary>
    public static readonly BlobName BatchName = new(Containers.Inbox, "batches/2026-06-09/06/019eab00-0000-7000-8000-000000000001.ndjson");

    public const string MatchesPath = "matches/2026-06-09/06/019eab00-0000-7000-8000-000000000001.ndjson";
    public const string NotificationsPath = "notifications/2026-06-09/06/019eab00-0000-7000-8000-000000000001.ndjson";
    /// <summary>What became of the batch's notifications on the channel <c>ops</c>.</summary>
    public const string RecordPath = "deliveries/2026-06-09/06/019eab00-0000-7000-8000-000000000001/ops.json";

    public const string MarkPath = "queued/2026-06-09/06/019eab00-0000-7000-8000-000000000001";

    public AlertWorld()
    {
        Queue = new MemoryMessageQueue(Time);
        Default = OneStore.Over(Store);
        Stores = new Stores(Default);
        Dispatcher = NewDispatcher();
    }

    public ManualTimeProvider Time { get; } = new();

    public MemoryBlobStore Store { get; } = new();

    /// <summary>The store under its name.</summary>
    public Store Default { get; }

    public Stores Stores { get; }

    public MemoryMessageQueue Queue { get; }

    public AlertDispatcher Dispatcher { get; }

    public IEnumerable<string> AlertPaths => Store.Blobs.Where(blob => blob.Key.Container == Containers.Alerts).Select(blob => blob.Key.Path);

    public AlertDispatcher NewDispatcher(RuleSet? rules = null) =>
        new(Stores, Queue, rules ?? RuleSet.Default, Time, NullLogger<AlertDispatcher>.Instance);

    public ChannelStates States => new(Stores, Dispatcher, Time, NullLogger<ChannelStates>.Instance);

    public AlertDelivery NewDelivery(params AlertChannel[] channels) => NewDelivery(NewChannels(channels));

    public AlertDelivery NewDelivery(AlertChannels channels) =>
        new(Stores, Queue, Dispatcher, channels, States, Time, NullLogger<AlertDelivery>.Instance);

    public AlertDelivery NewDelivery(GroupAlerts group, params AlertChannel[] channels) =>
        new(Stores, Queue, Dispatcher, NewChannels(channels), States, Time, NullLogger<AlertDelivery>.Instance) { Group = group };

    /// <summary>Without chance in the waits.</summary>
    public AlertChannels NewChannels(params AlertChannel[] channels) => new(channels, new RetrySchedule(() => 0), handlers: 2, Time);

    public Redelivery NewRedelivery(AlertChannels channels) =>
        new(Stores, Queue, Dispatcher, channels, States, NullLogger<Redelivery>.Instance);

    /// <summary>What ingest does, and then waits for the mark, which ingest does not.</summary>
    public async Task QueueAsync(int quarantined, params ReadOnlyMemory<byte>[] lines)
    {
        await Dispatcher.QueueAsync(Default, BatchName, lines, quarantined, CancellationToken.None);
        await Dispatcher.MarksWritten;
    }

    /// <summary>The same for deletes of these numbers.</summary>
    public Task QueueDeletesAsync(params int[] numbers) => QueueAsync(quarantined: 0, [.. numbers.Select(number => Line(number))]);

    /// <summary>Handles all that is visible, as a host does, and deletes it. Returns how many messages that were.</summary>
    public async Task<int> PumpAsync(AlertDelivery delivery)
    {
        var handled = 0;
        while (await Queue.ReceiveAsync(1, TimeSpan.FromMinutes(5), CancellationToken.None) is [var message])
        {
            await delivery.HandleAsync(message.Body, CancellationToken.None);
            await Queue.DeleteAsync(message, CancellationToken.None);
            handled++;
        }

        return handled;
    }

    /// <summary>Handles one message that is visible, as a host does, and deletes it.</summary>
    public async Task HandleOneAsync(AlertDelivery delivery)
    {
        var message = Assert.Single(await Queue.ReceiveAsync(1, TimeSpan.FromMinutes(5), CancellationToken.None));
        await delivery.HandleAsync(message.Body, CancellationToken.None);
        await Queue.DeleteAsync(message, CancellationToken.None);
    }

    /// <summary>How far the batch's notifications are on the channel <c>ops</c>.</summary>
    public IEnumerable<string?> DeliveryStates() =>
        Json(RecordPath).GetProperty("alerts").EnumerateArray().Select(alert => alert.GetProperty("state").GetString());

    public string Text(string path) =>
        Encoding.UTF8.GetString(Store.Blobs.Single(blob => blob.Key == new BlobName(Containers.Alerts, path)).Value.Span);

    public JsonElement Json(string path) => JsonDocument.Parse(Text(path)).RootElement;

    public IReadOnlyList<Alert> StoredAlerts(string path = MatchesPath) =>
        [.. Text(path).TrimEnd('\n').Split('\n').Select(line => Alert.Read(Encoding.UTF8.GetBytes(line)) ?? throw new InvalidDataException(line))];

    /// <summary>The id of the alert that the rule <c>delete</c> raises for the event of this number.</summary>
    public static string IdOf(int number) => AlertId.Of(AlertRule.Delete, new EventId((UInt128)number)).ToString();

    /// <summary>A normalized line; the number makes the event id.</summary>
    public static ReadOnlyMemory<byte> Line(int number, string kind = "delete", string outcome = "success") => Encoding.UTF8.GetBytes(
        $$$"""{"id":"{{{number:x32}}}","eventTime":"2026-06-09T06:00:00.000Z","action":"codeengine.application.{{{kind}}}","outcome":"{{{outcome}}}","severity":"critical","trailgate":{"schema":1,"region":"us-south","kind":"{{{kind}}}","receivedAt":"2026-06-09T06:01:12.000Z"}}""");

    public static EventLine Parsed(ReadOnlyMemory<byte> line) =>
        EventLine.TryRead(line.Span, out var parsed) ? parsed : throw new InvalidDataException("no line");

    /// <summary>A batch of lines, some more of which are no events.</summary>
    public static Batch BatchOf(int quarantined, params ReadOnlyMemory<byte>[] lines)
    {
        var all = lines.Select(line => Encoding.UTF8.GetString(line.Span))
            .Concat(Enumerable.Repeat("""{"quarantined":{"region":"us-south","reason":"action is missing"}}""", quarantined));
        var bytes = Encoding.UTF8.GetBytes(string.Concat(all.Select(line => line + "\n")));
        var region = Region.TryParse("us-south"u8, out var parsed) ? parsed : default;
        var trailer = new BatchTrailer(
            lines.Length + quarantined,
            MerkleRoot.OfLines(bytes),
            new Dictionary<Region, BatchCounts> { [region] = new(lines.Length + quarantined, quarantined) });
        return Batch.Read((byte[])[.. bytes, .. trailer.ToLine(), (byte)'\n'], out var damage) ?? throw new InvalidDataException(damage);
    }
}

/// <summary>A receiver that answers as the test says and remembers what it got.</summary>
internal sealed class FakeReceiver(Func<Notification, int, SendResult> answer)
{
    private readonly Lock _lock = new();
    private readonly List<string> _received = [];

    /// <summary>Answers with these statuses, the last one for ever.</summary>
    public FakeReceiver(params int[] statuses)
        : this((_, number) => Answer(statuses[Math.Min(number, statuses.Length) - 1]))
    {
    }

    /// <summary>The ids of all alerts sent, in order, repetitions included.</summary>
    public IReadOnlyList<string> Received
    {
        get
        {
            lock (_lock)
            {
                return [.. _received];
            }
        }
    }

    public static SendResult Answer(int status) => status switch
    {
        >= 200 and < 300 => new SendResult.Delivered(status),
        410 => new SendResult.Failed(status, "answered 410") { Gone = true, IsPermanent = true },
        >= 400 and < 500 and not (408 or 425 or 429) => new SendResult.Failed(status, $"answered {status}") { IsPermanent = true },
        _ => new SendResult.Failed(status, $"answered {status}"),
    };

    public AlertChannel Channel(string name = "ops") => new(name, (notification, _) =>
    {
        int number;
        lock (_lock)
        {
            _received.Add(notification.Id.ToString());
            number = _received.Count(id => id == notification.Id.ToString());
        }

        return Task.FromResult(answer(notification, number));
    });
}
