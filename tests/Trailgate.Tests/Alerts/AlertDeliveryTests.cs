using System.Text;
using Trailgate.Alerts;
using Trailgate.Storage;

namespace Trailgate.Tests.Alerts;

public sealed class AlertDeliveryTests
{
    private const string RecordPath = "deliveries/2026-06-09/06/019eab00-0000-7000-8000-000000000001/ops.json";

    private readonly string _one = IdOf(1);
    private readonly string _two = IdOf(2);
    private readonly AlertWorld _world = new();

    [Fact]
    public async Task Each_alert_goes_to_each_channel_and_is_recorded()
    {
        await QueueAsync(1, 2);
        FakeReceiver ops = new(200), audit = new(204);

        await _world.PumpAsync(_world.NewDelivery(ops.Channel(), audit.Channel("audit")));

        Assert.Equal([_one, _two], ops.Received);
        Assert.Equal([_one, _two], audit.Received);
        Assert.Empty(_world.Queue.Bodies);
        Assert.Equal(
            $$$"""{"schema":1,"matches":"{{{AlertWorld.NotificationsPath}}}","channel":"ops","scheduled":1,"since":"2026-11-22T06:00:00.000Z","alerts":[{"id":"{{{_one}}}","rule":"delete","state":"delivered","attempts":[{"number":1,"at":"2026-11-22T06:00:00.000Z","milliseconds":0,"status":200}]},{"id":"{{{_two}}}","rule":"delete","state":"delivered","attempts":[{"number":1,"at":"2026-11-22T06:00:00.000Z","milliseconds":0,"status":200}]}]}""",
            _world.Text(RecordPath));
    }

    [Fact]
    public async Task What_waits_for_a_channel_waits_for_no_other()
    {
        await QueueAsync(1);
        var stuck = new TaskCompletionSource<SendResult>();
        var receiver = new FakeReceiver(200);
        var delivery = _world.NewDelivery(new AlertChannel("stuck", (_, _) => stuck.Task), receiver.Channel());
        await _world.HandleOneAsync(delivery);
        var messages = await _world.Queue.ReceiveAsync(2, TimeSpan.FromMinutes(5), CancellationToken.None);

        var handling = messages.Select(message => delivery.HandleAsync(message.Body, CancellationToken.None)).ToList();

        Assert.Equal([_one], receiver.Received);
        Assert.Equal([false, true], handling.Select(task => task.IsCompleted));
        stuck.SetResult(new SendResult.Delivered(200));
        await Task.WhenAll(handling);
    }

    [Fact]
    public async Task What_channels_are_told_is_decided_once()
    {
        await QueueAsync(1, 2);
        var receiver = new FakeReceiver(200);
        var first = _world.Queue.Bodies[0];
        // A grouping that would say something else each time, as one does whose window moves on.
        var calls = 0;
        var delivery = _world.NewDelivery((_, _, alerts, _) => Task.FromResult<IReadOnlyList<Notification>>(
            [Notification.OfAlert(alerts[calls++], thread: null)]), receiver.Channel());

        await delivery.HandleAsync(first, CancellationToken.None);
        await _world.PumpAsync(delivery);

        Assert.Equal([_one], receiver.Received);
    }

    [Fact]
    public async Task Without_a_channel_the_message_is_done_and_the_alerts_stay()
    {
        await QueueAsync(1);

        Assert.Equal(1, await _world.PumpAsync(_world.NewDelivery()));

        Assert.Empty(_world.Queue.Bodies);
        Assert.Equal([AlertWorld.MatchesPath, AlertWorld.MarkPath], _world.AlertPaths);
    }

    [Fact]
    public async Task What_failed_is_sent_again_when_its_time_has_come_and_what_arrived_is_not()
    {
        await QueueAsync(1, 2);
        var receiver = new FakeReceiver((alert, number) => FakeReceiver.Answer(alert.Id.ToString() == _two && number == 1 ? 500 : 200));
        var delivery = _world.NewDelivery(receiver.Channel());

        await _world.PumpAsync(delivery);
        _world.Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(0, await _world.PumpAsync(delivery));
        _world.Time.Advance(TimeSpan.FromSeconds(0.1));
        await _world.PumpAsync(delivery);

        Assert.Equal([_one, _two, _two], receiver.Received);
        Assert.Empty(_world.Queue.Bodies);
        Assert.Equal(["delivered", "delivered"], States());
    }

    [Fact]
    public async Task A_retry_is_a_new_message_that_names_channel_and_try()
    {
        await QueueAsync(1);

        await _world.PumpAsync(_world.NewDelivery(new FakeReceiver(500).Channel()));

        Assert.Equal(
            $$"""{"schema":"trailgate.alert-delivery","version":1,"store":"default","blob":"{{AlertWorld.NotificationsPath}}","channel":"ops","attempt":2}""",
            Encoding.UTF8.GetString(Assert.Single(_world.Queue.Bodies).Span));
    }

    [Fact]
    public async Task A_copy_of_a_message_whose_retry_is_queued_does_nothing()
    {
        await QueueAsync(1);
        var receiver = new FakeReceiver(500);
        var delivery = _world.NewDelivery(receiver.Channel());
        await _world.HandleOneAsync(delivery);
        var message = _world.Queue.Bodies[0];

        await _world.PumpAsync(delivery);
        await delivery.HandleAsync(message, CancellationToken.None);

        Assert.Single(receiver.Received);
        Assert.Single(_world.Queue.Bodies);
    }

    [Fact]
    public async Task After_24_hours_an_alert_is_a_dead_letter_and_the_pipeline_tells_so_once()
    {
        await QueueAsync(1);
        var receiver = new FakeReceiver((alert, _) => FakeReceiver.Answer(alert.IsPipeline ? 200 : 500));
        var delivery = _world.NewDelivery(receiver.Channel());

        // 5 s, doubled eleven times, then 4 hours four times, and what is left of 24 hours.
        double[] waits = [0, 5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10240, 14400, 14400, 14400, 14400, 8325];
        Assert.Equal(86_400, waits.Sum());
        foreach (var wait in waits)
        {
            Assert.NotEmpty(_world.Queue.Bodies);
            _world.Time.Advance(TimeSpan.FromSeconds(wait));
            await _world.PumpAsync(delivery);
        }

        Assert.Equal(waits.Length, receiver.Received.Count(id => id == _one));
        Assert.Equal(["dead"], States());
        var letter = _world.Json($"dead/ops/{_one}.json");
        Assert.Equal("It was not delivered within 24 hours.", letter.GetProperty("reason").GetString());
        Assert.Equal(waits.Length, letter.GetProperty("attempts").GetArrayLength());
        Assert.Equal("2026-11-23T06:00:00.000Z", letter.GetProperty("attempts")[waits.Length - 1].GetProperty("at").GetString());
        Assert.Equal(_one, letter.GetProperty("notification").GetProperty("id").GetString());
        Assert.Single(_world.AlertPaths, path => path.StartsWith("matches/pipeline/", StringComparison.Ordinal));
        Assert.Empty(_world.Queue.Bodies);
    }

    [Fact]
    public async Task What_the_receiver_refuses_is_a_dead_letter_at_once_with_its_answer_and_the_others_arrive()
    {
        await QueueAsync(1, 2);
        var receiver = new FakeReceiver((alert, _) => FakeReceiver.Answer(alert.Id.ToString() == _one ? 400 : 200));

        await _world.PumpAsync(_world.NewDelivery(receiver.Channel()));

        Assert.Equal(["dead", "delivered"], States());
        var letter = _world.Json($"dead/ops/{_one}.json");
        Assert.Equal("The receiver refused it for good.", letter.GetProperty("reason").GetString());
        Assert.Equal("answered 400", letter.GetProperty("attempts")[0].GetProperty("error").GetString());
        Assert.Equal(1, receiver.Received.Count(id => id == _one));
    }

    [Fact]
    public async Task A_dead_alert_of_the_pipeline_raises_no_other()
    {
        await _world.Dispatcher.RaiseAsync("runs/1", "It failed.", CancellationToken.None);
        var delivery = _world.NewDelivery(new FakeReceiver(400).Channel());

        await _world.PumpAsync(delivery);

        Assert.Single(_world.AlertPaths, path => path.StartsWith("dead/ops/", StringComparison.Ordinal));
        Assert.Single(_world.AlertPaths, path => path.StartsWith("matches/", StringComparison.Ordinal));
        Assert.Empty(_world.Queue.Bodies);
    }

    [Fact]
    public async Task A_receiver_that_is_gone_disables_its_channel_and_the_others_are_told()
    {
        await QueueAsync(1);
        FakeReceiver gone = new(410), audit = new(200);
        var delivery = _world.NewDelivery(gone.Channel(), audit.Channel("audit"));

        await _world.PumpAsync(delivery);
        await _world.Dispatcher.RaiseAsync("runs/1", "It failed.", CancellationToken.None);
        await _world.PumpAsync(delivery);

        Assert.Single(gone.Received);
        Assert.Contains($"dead/ops/{_one}.json", _world.AlertPaths);
        var told = AlertId.OfPipeline("channels/ops/2026-11-22T06:00:00.000Z").ToString();
        Assert.Contains(told, audit.Received);
        Assert.Contains(AlertId.OfPipeline("runs/1").ToString(), audit.Received);
        Assert.Contains($"dead/ops/{AlertId.OfPipeline("runs/1")}.json", _world.AlertPaths);
        Assert.Empty(_world.Queue.Bodies);
    }

    [Fact]
    public async Task A_disabled_channel_comes_back_with_other_settings()
    {
        await QueueAsync(1);
        await _world.PumpAsync(_world.NewDelivery(new FakeReceiver(410).Channel() with { SettingsId = "old" }));
        var receiver = new FakeReceiver(200);

        await _world.Dispatcher.RaiseAsync("runs/1", "It failed.", CancellationToken.None);
        await _world.PumpAsync(_world.NewDelivery(receiver.Channel() with { SettingsId = "old" }));
        Assert.Empty(receiver.Received);
        await _world.Dispatcher.RaiseAsync("runs/2", "It failed.", CancellationToken.None);
        await _world.PumpAsync(_world.NewDelivery(receiver.Channel() with { SettingsId = "new" }));

        Assert.Equal([AlertId.OfPipeline("runs/2").ToString()], receiver.Received);
        Assert.DoesNotContain("channels/ops.json", _world.AlertPaths);
    }

    [Fact]
    public async Task While_one_handler_sends_another_with_a_copy_of_its_message_comes_back_later()
    {
        await QueueAsync(1);
        var answer = new TaskCompletionSource<SendResult>();
        var sends = 0;
        var delivery = _world.NewDelivery(new AlertChannel("ops", (_, _) =>
        {
            sends++;
            return answer.Task;
        }));
        await _world.HandleOneAsync(delivery);
        var message = _world.Queue.Bodies[0];

        var first = delivery.HandleAsync(message, CancellationToken.None);
        await delivery.HandleAsync(message, CancellationToken.None);
        Assert.Equal(1, sends);
        answer.SetResult(new SendResult.Delivered(200));
        await first;
        _world.Time.Advance(TimeSpan.FromMinutes(3));
        await _world.PumpAsync(delivery);

        Assert.Equal(1, sends);
        Assert.Equal(["delivered"], States());
        Assert.Empty(_world.Queue.Bodies);
    }

    [Fact]
    public async Task A_claim_of_a_handler_that_died_ends_by_itself()
    {
        await QueueAsync(1);
        var died = _world.NewDelivery(new AlertChannel("ops", (_, _) => new TaskCompletionSource<SendResult>().Task));
        await _world.HandleOneAsync(died);
        var message = _world.Queue.Bodies[0];
        _ = died.HandleAsync(message, CancellationToken.None);
        var receiver = new FakeReceiver(200);

        await _world.PumpAsync(_world.NewDelivery(receiver.Channel()));
        Assert.Empty(receiver.Received);
        _world.Time.Advance(ChannelDelivery.Claim);
        await _world.PumpAsync(_world.NewDelivery(receiver.Channel()));

        Assert.Equal([_one], receiver.Received);
    }

    [Fact]
    public async Task A_claim_of_a_handler_whose_clock_was_a_year_ahead_keeps_nobody_out()
    {
        await QueueAsync(1);
        var receiver = new FakeReceiver(200);
        await _world.HandleOneAsync(_world.NewDelivery(receiver.Channel()));
        await _world.Store.PutAsync(
            new BlobName(Containers.Alerts, RecordPath),
            Encoding.UTF8.GetBytes($$$"""{"schema":1,"matches":"{{{AlertWorld.NotificationsPath}}}","channel":"ops","scheduled":1,"since":"2027-11-22T06:00:00.000Z","claim":{"by":"a","until":"2027-11-22T06:02:30.000Z"},"alerts":[]}"""),
            CancellationToken.None);

        await _world.PumpAsync(_world.NewDelivery(receiver.Channel()));

        Assert.Equal([_one], receiver.Received);
    }

    [Fact]
    public async Task A_channel_that_fails_five_times_in_a_row_is_spared_and_then_tried_by_one()
    {
        await QueueAsync([.. Enumerable.Range(1, 40)]);
        var receiver = new FakeReceiver(500);
        var delivery = _world.NewDelivery(receiver.Channel());

        await _world.PumpAsync(delivery);
        Assert.Equal(5, receiver.Received.Count);
        _world.Time.Advance(TimeSpan.FromSeconds(5));
        await _world.PumpAsync(delivery);
        Assert.Equal(5, receiver.Received.Count);
        _world.Time.Advance(AlertChannels.Break);
        await _world.PumpAsync(delivery);

        Assert.Equal(6, receiver.Received.Count);
    }

    [Fact]
    public async Task One_that_always_fails_does_not_keep_the_others_of_its_batch_from_their_turn()
    {
        await QueueAsync([.. Enumerable.Range(1, 12)]);
        var receiver = new FakeReceiver((alert, _) => alert.Id.ToString() == _one
            ? new SendResult.Failed(429, "slow") { RetryAfter = TimeSpan.FromSeconds(1) }
            : FakeReceiver.Answer(200));
        var delivery = _world.NewDelivery(receiver.Channel());

        await _world.PumpAsync(delivery);
        Assert.Equal(4, receiver.Received.Count);
        _world.Time.Advance(TimeSpan.FromSeconds(5));
        await _world.PumpAsync(delivery);

        Assert.Equal(11, States().Count(state => state == "delivered"));
    }

    [Fact]
    public async Task A_hanging_channel_leaves_handlers_to_the_others()
    {
        var stuck = new TaskCompletionSource<SendResult>();
        var receiver = new FakeReceiver(200);
        var delivery = _world.NewDelivery(new AlertChannel("stuck", (_, _) => stuck.Task), receiver.Channel());
        string[] subjects = ["a", "b", "c"];
        foreach (var subject in subjects)
        {
            await _world.Dispatcher.RaiseAsync(subject, "It failed.", CancellationToken.None);
        }

        foreach (var _ in subjects)
        {
            await _world.HandleOneAsync(delivery);
        }

        var messages = _world.Queue.Bodies.Where(body => Encoding.UTF8.GetString(body.Span).Contains("stuck", StringComparison.Ordinal)).ToList();
        var handling = messages.Select(message => delivery.HandleAsync(message, CancellationToken.None)).ToList();
        _world.Time.Advance(ChannelLane.Patience);
        await handling[2];

        // Two have a place each; the third went back into the queue.
        Assert.Equal([false, false, true], handling.Select(task => task.IsCompleted));
        Assert.Equal(7, _world.Queue.Bodies.Count);
        stuck.SetResult(new SendResult.Delivered(200));
        await Task.WhenAll(handling);
    }

    [Fact]
    public async Task A_channel_that_left_the_settings_leaves_dead_letters()
    {
        await QueueAsync(1);
        await _world.PumpAsync(_world.NewDelivery(new FakeReceiver(500).Channel()));
        _world.Time.Advance(TimeSpan.FromSeconds(5));

        await _world.PumpAsync(_world.NewDelivery());

        Assert.Equal(["dead"], States());
        Assert.Contains($"dead/ops/{_one}.json", _world.AlertPaths);
    }

    [Fact]
    public async Task The_longest_wait_that_a_receiver_asks_for_is_kept()
    {
        await QueueAsync(1, 2);
        var receiver = new FakeReceiver((alert, number) => number > 1
            ? FakeReceiver.Answer(200)
            : new SendResult.Failed(429, "slow") { RetryAfter = TimeSpan.FromSeconds(alert.Id.ToString() == _one ? 90 : 30) });
        var delivery = _world.NewDelivery(receiver.Channel());

        await _world.PumpAsync(delivery);
        _world.Time.Advance(TimeSpan.FromSeconds(89));
        Assert.Equal(0, await _world.PumpAsync(delivery));
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        await _world.PumpAsync(delivery);

        Assert.Equal(["delivered", "delivered"], States());
    }

    [Fact]
    public async Task A_stop_in_the_middle_resends_only_what_was_not_delivered()
    {
        await QueueAsync(1, 2, 3, 4, 5, 6);
        using var stop = new CancellationTokenSource();
        var receiver = new FakeReceiver((alert, _) =>
        {
            if (alert.Id.ToString() == IdOf(4))
            {
                stop.Cancel();
            }

            return FakeReceiver.Answer(200);
        });
        await _world.HandleOneAsync(_world.NewDelivery(receiver.Channel()));
        var message = Assert.Single(await _world.Queue.ReceiveAsync(1, TimeSpan.FromMinutes(5), CancellationToken.None));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _world.NewDelivery(receiver.Channel()).HandleAsync(message.Body, stop.Token));
        Assert.Equal([IdOf(1), IdOf(2), IdOf(3), IdOf(4)], receiver.Received);
        _world.Time.Advance(TimeSpan.FromMinutes(5));
        await _world.PumpAsync(_world.NewDelivery(receiver.Channel()));

        Assert.Equal([IdOf(1), IdOf(2), IdOf(3), IdOf(4), IdOf(5), IdOf(6)], receiver.Received);
        Assert.All(States(), state => Assert.Equal("delivered", state));
    }

    [Fact]
    public async Task An_unexpected_exception_comes_out_and_what_was_sent_is_recorded()
    {
        await QueueAsync(1, 2);
        var receiver = new FakeReceiver((alert, number) => alert.Id.ToString() == _two && number == 1
            ? throw new InvalidOperationException("a fault of the channel")
            : FakeReceiver.Answer(200));
        var delivery = _world.NewDelivery(receiver.Channel());

        await Assert.ThrowsAsync<InvalidOperationException>(() => _world.PumpAsync(delivery));
        _world.Time.Advance(TimeSpan.FromMinutes(5));
        await _world.PumpAsync(delivery);

        Assert.Equal([_one, _two, _two], receiver.Received);
    }

    /// <summary>Every call that delivering and retrying make of store and queue fails once, before and after it is done.</summary>
    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_of_the_storage_loses_no_alert(string operation, int number, bool applied)
    {
        await QueueAsync(1, 2);
        var receiver = new FakeReceiver((alert, sent) => FakeReceiver.Answer(alert.Id.ToString() == _two && sent < 3 ? 500 : 200));
        var delivery = _world.NewDelivery(receiver.Channel());
        var calls = 0;
        var failed = false;
        void Fail(string what)
        {
            if (what == operation && ++calls == number)
            {
                failed = true;
                throw new StorageException("The test fails this call.");
            }
        }

        if (applied)
        {
            (_world.Store.After, _world.Queue.After) = (call => Fail($"{call.Operation}"), call => Fail($"{call.Operation}"));
        }
        else
        {
            (_world.Store.Before, _world.Queue.Before) = (call => Fail($"{call.Operation}"), call => Fail($"{call.Operation}"));
        }

        for (var round = 0; round < 10 && _world.Queue.Bodies.Count > 0; round++)
        {
            try
            {
                await _world.PumpAsync(delivery);
            }
            catch (StorageException)
            {
                // The message comes back when its lease has run out.
            }

            _world.Time.Advance(TimeSpan.FromMinutes(10));
        }

        Assert.True(failed);
        Assert.Empty(_world.Queue.Bodies);
        Assert.Equal(["delivered", "delivered"], States());
        Assert.DoesNotContain(_world.AlertPaths, path => path.StartsWith("dead", StringComparison.Ordinal));
        Assert.InRange(receiver.Received.Count(id => id == _one), 1, 2);
    }

    public static TheoryData<string, int, bool> Faults()
    {
        var faults = new TheoryData<string, int, bool>();
        foreach (var applied in new[] { false, true })
        {
            for (var number = 1; number <= 3; number++)
            {
                // Reads: both blobs and the record. Replaces: after the sends and at the end. Sends: for the channel, two retries.
                faults.Add("Read", number, applied);
                faults.Add("Replace", number, applied);
                faults.Add("Delete", number, applied);
                faults.Add("Send", number, applied);
            }
        }

        return faults;
    }

    [Fact]
    public async Task Sending_longer_than_a_slice_goes_on_in_a_new_message()
    {
        await QueueAsync([.. Enumerable.Range(1, 12)]);
        var receiver = new FakeReceiver((_, _) =>
        {
            _world.Time.Advance(TimeSpan.FromSeconds(16));
            return FakeReceiver.Answer(200);
        });

        var handled = await _world.PumpAsync(_world.NewDelivery(receiver.Channel()));

        // The first message sends nothing. 16 s each, four at once: after two rounds 128 s have passed and the slice of 120 s
        // is over.
        Assert.Equal(3, handled);
        Assert.Equal([.. Enumerable.Range(1, 12).Select(IdOf)], receiver.Received);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("{}")]
    [InlineData("""{"schema":"trailgate.alert-delivery","version":2,"store":"default","blob":"matches/a.ndjson"}""")]
    [InlineData("""{"schema":"trailgate.alert-delivery","version":1,"store":"default","blob":"matches/../x.ndjson"}""")]
    [InlineData("""{"schema":"trailgate.alert-delivery","version":1,"store":"other","blob":"matches/a.ndjson"}""")]
    [InlineData("""{"schema":"trailgate.alert-delivery","version":1,"store":"default","blob":"matches/a.ndjson","channel":"../x"}""")]
    [InlineData("""{"schema":"trailgate.alert-delivery","version":1,"store":"default","blob":"matches/a.ndjson","attempt":"2"}""")]
    [InlineData("""{"schema":"trailgate.alert-delivery","version":1,"store":"default","blob":"matches/a.ndjson","channel":"ops","attempt":65}""")]
    public async Task A_message_that_can_not_be_read_is_put_aside_with_the_reason(string message)
    {
        await _world.NewDelivery(new FakeReceiver(200).Channel()).HandleAsync(Encoding.UTF8.GetBytes(message), CancellationToken.None);

        var letter = _world.Json(Assert.Single(_world.AlertPaths, path => path.StartsWith("dead-messages/", StringComparison.Ordinal)));
        Assert.Equal(message, letter.GetProperty("message").GetString());
        Assert.StartsWith("The message ", letter.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Single(_world.AlertPaths, path => path.StartsWith("matches/pipeline/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_blob_that_is_not_there_is_looked_for_again_and_then_reported()
    {
        await QueueAsync(1);
        await _world.Store.DeleteAsync(new BlobName(Containers.Alerts, AlertWorld.MatchesPath), CancellationToken.None);
        var receiver = new FakeReceiver(200);
        var delivery = _world.NewDelivery(receiver.Channel());

        foreach (var wait in new[] { 0, 5, 60, 599 })
        {
            _world.Time.Advance(TimeSpan.FromSeconds(wait));
            await _world.PumpAsync(delivery);
        }

        Assert.DoesNotContain(_world.AlertPaths, path => path.StartsWith("dead-messages/", StringComparison.Ordinal));
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        await _world.PumpAsync(delivery);
        Assert.Single(_world.AlertPaths, path => path.StartsWith("dead-messages/", StringComparison.Ordinal));
        Assert.Single(receiver.Received);
        Assert.Empty(_world.Queue.Bodies);
    }

    [Fact]
    public async Task A_damaged_line_is_reported_and_the_others_are_delivered()
    {
        await _world.Store.PutAsync(
            new BlobName(Containers.Alerts, AlertWorld.MatchesPath),
            (byte[])[.. "{damaged\n"u8, .. AlertJson(1), (byte)'\n'],
            CancellationToken.None);
        await QueueAsync(1);
        var receiver = new FakeReceiver(200);

        await _world.PumpAsync(_world.NewDelivery(receiver.Channel()));

        Assert.Contains(_one, receiver.Received);
        Assert.Single(_world.AlertPaths, path => path.StartsWith("dead-messages/", StringComparison.Ordinal));
    }

    private static byte[] AlertJson(int number)
    {
        var line = AlertWorld.Line(number);
        return Alert.OfEvent(AlertRule.Delete, AlertWorld.Parsed(line), line.Span, DateTimeOffset.UnixEpoch).Json.ToArray();
    }

    private static string IdOf(int number) => AlertId.Of(AlertRule.Delete, new Trailgate.Events.EventId((UInt128)number)).ToString();

    private Task QueueAsync(params int[] numbers) => _world.QueueAsync(
        quarantined: 0, [.. numbers.Select(number => AlertWorld.Line(number))]);

    private IEnumerable<string?> States() =>
        _world.Json(RecordPath).GetProperty("alerts").EnumerateArray().Select(alert => alert.GetProperty("state").GetString());
}
