using System.Text;
using Microsoft.Azure.Functions.Worker;
using Trailgate.Functions.Tests.Host;
using Trailgate.Storage;
using Trailgate.Tests.Alerts.Channels;
using Trailgate.Tests.Ingest;
using Trailgate.Tests.Storage;

namespace Trailgate.Functions.Tests;

/// <summary>The alert queue under the host's rule for retries and poison messages: nothing is lost, and what fails for good is seen.</summary>
public sealed class QueueTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Fact]
    public async Task A_delete_reaches_the_webhook_once_and_leaves_the_queue_empty()
    {
        await using var receiver = await WebhookReceiver.StartAsync(204);
        await using var app = await StartAsync(receiver);
        Assert.Equal(202, await app.PostAsync(Bodies.Event("delete")));
        var alerts = new QueueProcessor(app.Functions, "DeliverAlert", app.Queue, null);

        // First what the channels are told, then what this one is told; then nothing.
        Assert.Equal(0, await alerts.ProcessAsync());
        Assert.Equal(0, await alerts.ProcessAsync());
        Assert.Equal(0, await alerts.ProcessAsync());

        var sent = Assert.Single(receiver.Requests);
        Assert.Contains("codeengine.application.delete", Encoding.UTF8.GetString(sent.Body), StringComparison.Ordinal);
        Assert.StartsWith("v1,", sent.Headers["webhook-signature"], StringComparison.Ordinal);
        Assert.Empty(app.Queue.Bodies);
    }

    [Fact]
    public async Task A_receiver_that_fails_is_no_failure_of_the_function_and_is_tried_again_by_a_new_message()
    {
        await using var receiver = await WebhookReceiver.StartAsync(500, 204);
        await using var app = await StartAsync(receiver);
        Assert.Equal(202, await app.PostAsync(Bodies.Event("delete")));
        var alerts = new QueueProcessor(app.Functions, "DeliverAlert", app.Queue, null);

        Assert.Equal(0, await alerts.ProcessAsync());
        Assert.Equal(0, await alerts.ProcessAsync());
        Assert.Single(app.Queue.Bodies);
        Assert.Equal(0, await alerts.ProcessAsync());
        Assert.Single(receiver.Requests);
        app.Time.Advance(TimeSpan.FromSeconds(6)); // the first wait is 5 s and up to a fifth more
        Assert.Equal(0, await alerts.ProcessAsync());

        Assert.Equal(2, receiver.Requests.Count);
        Assert.Single(receiver.Requests.Select(request => request.Headers["webhook-id"]).Distinct());
        Assert.Empty(app.Queue.Bodies);
    }

    [Fact]
    public async Task A_message_that_fails_as_often_as_the_host_permits_ends_among_the_dead_letters()
    {
        await using var receiver = await WebhookReceiver.StartAsync(204);
        await using var app = await StartAsync(receiver);
        Assert.Equal(202, await app.PostAsync(Bodies.Event("delete")));
        var poisoned = new MemoryMessageQueue(app.Time);
        var alerts = new QueueProcessor(app.Functions, "DeliverAlert", app.Queue, poisoned);
        var burial = new QueueProcessor(app.Functions, "BuryAlert", poisoned, null);
        app.Store.Before = call => FailAlerts(call);

        for (var take = 1; take <= QueueProcessor.MaxDequeueCount; take++)
        {
            Assert.Empty(poisoned.Bodies);
            Assert.Equal(1, await alerts.ProcessAsync());
            app.Time.Advance(QueueProcessor.VisibilityTimeout);
        }

        // The storage is still away: the message stays in the poison queue, however often it is tried.
        for (var take = 0; take < 2 * QueueProcessor.MaxDequeueCount; take++)
        {
            Assert.Equal(1, await burial.ProcessAsync());
            Assert.Single(poisoned.Bodies);
            app.Time.Advance(QueueProcessor.VisibilityTimeout);
        }

        app.Store.Before = null;
        Assert.Equal(0, await burial.ProcessAsync());

        Assert.Empty(poisoned.Bodies);
        Assert.Single(app.Paths(Containers.Alerts), path => path.StartsWith("dead-messages/", StringComparison.Ordinal));
        Assert.Empty(receiver.Requests);
        // And somebody is told: the alert about the dead message goes out by the same queue.
        Assert.Equal(0, await alerts.ProcessAsync());
        Assert.Equal(0, await alerts.ProcessAsync());
        Assert.Contains("dead-messages/", Encoding.UTF8.GetString(Assert.Single(receiver.Requests).Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_nobody_can_read_is_put_aside_at_once()
    {
        await using var receiver = await WebhookReceiver.StartAsync(204);
        await using var app = await StartAsync(receiver);
        await app.Queue.SendAsync("not one of ours"u8.ToArray(), TimeSpan.Zero, CancellationToken.None);
        var alerts = new QueueProcessor(app.Functions, "DeliverAlert", app.Queue, null);

        Assert.Equal(0, await alerts.ProcessAsync());

        Assert.Single(app.Paths(Containers.Alerts), path => path.StartsWith("dead-messages/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_burial_that_the_host_repeats_keeps_one_dead_letter()
    {
        await using var receiver = await WebhookReceiver.StartAsync(204);
        await using var app = await StartAsync(receiver);

        await app.Functions.InvokeAsync("BuryAlert", """{"schema":"trailgate.alert-delivery"}""");
        await app.Functions.InvokeAsync("BuryAlert", """{"schema":"trailgate.alert-delivery"}""");

        Assert.Single(app.Paths(Containers.Alerts), path => path.StartsWith("dead-messages/", StringComparison.Ordinal));
        Assert.Single(app.Queue.Bodies);
    }

    private static Task<AppInMemory> StartAsync(WebhookReceiver receiver) => AppInMemory.StartAsync(
        ("Trailgate:Alerts:Channels:ops:Type", "webhook"),
        ("Trailgate:Alerts:Channels:ops:Url", receiver.Url.ToString()),
        ("Trailgate:Alerts:Channels:ops:Secret", Secret),
        ("Trailgate:Alerts:Channels:ops:Insecure", "true"),
        // Each alert by itself: the end of a group's window would wait in the queue.
        ("Trailgate:Alerts:GroupWindow", "00:00:00"));

    private static void FailAlerts(BlobCall call)
    {
        if (call.Target.StartsWith("alerts/", StringComparison.Ordinal))
        {
            throw new StorageException("away");
        }
    }
}
