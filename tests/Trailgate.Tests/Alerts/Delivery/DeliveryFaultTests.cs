using Trailgate.Storage;

namespace Trailgate.Tests.Alerts.Delivery;

/// <summary>Faults of the storage while alerts are delivered.</summary>
public sealed class DeliveryFaultTests
{
    private readonly string _one = AlertWorld.IdOf(1);
    private readonly string _two = AlertWorld.IdOf(2);
    private readonly AlertWorld _world = new();

    /// <summary>Every call that delivering and retrying make of store and queue fails once, before and after it is done.</summary>
    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_of_the_storage_loses_no_alert(string operation, int number, bool applied)
    {
        await _world.QueueDeletesAsync(1, 2);
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
        Assert.Equal(["delivered", "delivered"], _world.DeliveryStates());
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
}
