using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Trailgate.Alerts;
using Trailgate.Alerts.Channels;
using Trailgate.Alerts.Delivery;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Hosting;
using Trailgate.Ingest;
using Trailgate.Query;
using Trailgate.Signing;
using Trailgate.Storage;

namespace Trailgate.Tests.Model;

/// <summary>
/// One server: all that the product registers, over stores, a queue, a receiver and a clock of the simulation. When it is
/// killed nothing that it still does reaches anybody.
/// </summary>
internal sealed class SimulatedProcess
{
    private const string Channel = "ops";

    // As the standalone host does it.
    private const int MaxDequeues = 5;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    private static readonly AsyncLocal<string?> CurrentFlow = new();
    private static readonly RegionTable Regions = new([]);
    private static readonly SigningKeys Keys = new([SigningKey.Create("model")]);

    private readonly Simulation _simulation;
    private readonly ServiceProvider _services;
    private readonly int _life;
    private Inboxes? _inboxes;

    public SimulatedProcess(Simulation simulation, int number, int life, TimeSpan skew)
    {
        _simulation = simulation;
        _life = life;
        Number = number;
        Clock = new SimulatedClock(simulation) { Skew = skew };
        _services = Register().BuildServiceProvider();
        Dispatcher = _services.GetRequiredService<AlertDispatcher>();
    }

    public int Number { get; }

    public SimulatedClock Clock { get; }

    public bool IsDead { get; private set; }

    /// <summary>What of it works by itself, off the pump.</summary>
    public int Busy => (_inboxes?.Busy ?? 0) + Dispatcher.MarksUnderWay;

    /// <summary>Which of the actions below a call comes from.</summary>
    public static string Flow => CurrentFlow.Value ?? Flows.Inbox;

    private AlertDispatcher Dispatcher { get; }

    /// <summary>Sends one body; notes what was answered.</summary>
    public async Task ReceiveAsync(SentBody body)
    {
        CurrentFlow.Value = Flows.Request;
        var context = new DefaultHttpContext();
        context.Request.Method = "POST";
        context.Request.ContentType = "application/json";
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body.Json));
        context.Response.Body = new MemoryStream();
        try
        {
            await Endpoint().HandleAsync(context);
        }
        catch (Exception) when (IsDead)
        {
            return;
        }

        if (!IsDead && context.Response.StatusCode is StatusCodes.Status202Accepted or StatusCodes.Status422UnprocessableEntity)
        {
            using var answer = JsonDocument.Parse(((MemoryStream)context.Response.Body).ToArray());
            _simulation.Oracle.Acknowledge(body, answer.RootElement);
        }
        else if (!IsDead && context.Response.StatusCode != StatusCodes.Status503ServiceUnavailable)
        {
            _simulation.Violate($"{this} answered {context.Response.StatusCode} to {body.Json}");
        }
    }

    /// <summary>One archive run over all stores.</summary>
    public async Task ArchiveAsync()
    {
        CurrentFlow.Value = Flows.Run;
        _simulation.Counts.Runs++;
        try
        {
            await _services.GetRequiredService<Archiver>().RunAsync(CancellationToken.None);
        }
        catch (ArchiveFailedException e) when (IsDead || e.Failures.All(failure => failure.Failure is StorageException))
        {
            // What is left over is for the next run.
        }
    }

    /// <summary>Takes some messages and handles them, as a host does.</summary>
    public async Task DeliverAsync(int most)
    {
        CurrentFlow.Value = Flows.Delivery;
        try
        {
            var queue = _services.GetRequiredService<IMessageQueue>();
            foreach (var message in await queue.ReceiveAsync(most, Lease, CancellationToken.None))
            {
                await HandleAsync(queue, message);
            }
        }
        catch (StorageException)
        {
            // The next poll.
        }
        catch (ProcessDiedException)
        {
            // The end.
        }
    }

    /// <summary>Reads the counters, which must add up at any moment.</summary>
    public async Task CountAsync()
    {
        CurrentFlow.Value = Flows.Count;
        try
        {
            _simulation.Oracle.CheckCounters(await _services.GetRequiredService<Stats>().ReadAsync(CancellationToken.None));
        }
        catch (Exception e) when (IsDead || e is StorageException)
        {
            // Nobody can say now.
        }
    }

    /// <summary>From now on nothing of it reaches anything.</summary>
    public void Die() => IsDead = true;

    /// <summary>Ends the threads of a dead process.</summary>
    public void Bury() => _services.Dispose();

    public override string ToString() => $"p{Number}.{_life}";

    // The threads of the inbox begin with the first request, and keep the flow in which they were begun.
    private IngestEndpoint Endpoint()
    {
        if (_inboxes is null)
        {
            CurrentFlow.Value = Flows.Inbox;
            _inboxes = _services.GetRequiredService<Inboxes>();
            CurrentFlow.Value = Flows.Request;
        }

        return _services.GetRequiredService<IngestEndpoint>();
    }

    private async Task HandleAsync(IMessageQueue queue, QueueMessage message)
    {
        var delivery = _services.GetRequiredService<AlertDelivery>();
        try
        {
            if (message.DequeueCount > MaxDequeues)
            {
                await delivery.DeadLetterAsync(message.Body, "It was never handled to the end.", CancellationToken.None);
            }
            else
            {
                await delivery.HandleAsync(message.Body, CancellationToken.None);
            }

            await queue.DeleteAsync(message, CancellationToken.None);
        }
        catch (StorageException)
        {
            // The message comes back when its lease has run out.
        }
    }

    private async Task<SendResult> SendAsync(Notification notification)
    {
        try
        {
            await _simulation.CallAsync(this, OperationKind.Deliver, $"alert {notification.Id}", () =>
            {
                _simulation.Oracle.Deliver(notification.Json);
                return null;
            }, planAtCall: 0);
            return new SendResult.Delivered(200);
        }
        catch (StorageException e)
        {
            return new SendResult.Failed(503, e.Message);
        }
    }

    private IServiceCollection Register()
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(
        [
            new("Trailgate:Data", "nowhere"),
            new("Trailgate:Stores:eu:Data", "nowhere-eu"),
            new("Trailgate:Regions:eu-de", "eu"),
            // Two commits at once in one process, one in the others.
            new("Trailgate:Ingest:Commits", Number == 2 ? "2" : "1"),
            new("Trailgate:Archive:PlanBatches", "3"),
            // Each alert by itself, so that each can be looked for.
            new("Trailgate:Alerts:GroupWindow", "00:00:00"),
            new("Trailgate:Alerts:Channels:ops:Type", "webhook"),
            new("Trailgate:Alerts:Channels:ops:Url", "https://receiver.example/"),
            new("Trailgate:Alerts:Channels:ops:Secret", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="),
        ]);
        return new ServiceCollection()
            .AddSingleton<TimeProvider>(Clock)
            .AddSingleton<OpenStore>((name, _) => new SimulatedBlobStore(_simulation.Disks[name], this, _simulation))
            .AddSingleton<IMessageQueue>(new SimulatedQueueClient(_simulation.Queue, this, _simulation))
            .AddLogging()
            .AddTrailgate(configuration)
            .AddSingleton(Regions)
            .AddSingleton(Keys)
            .AddSingleton(new AlertChannels([new AlertChannel(Channel, (notification, _) => SendAsync(notification))], new RetrySchedule(() => 0), handlers: int.MaxValue, Clock));
    }
}

/// <summary>What the calls of a process come from.</summary>
internal static class Flows
{
    public const string Inbox = "inbox";
    public const string Request = "request";
    public const string Run = "run";
    public const string Delivery = "delivery";
    public const string Count = "count";
}
