using System.Security.Cryptography;
using Trailgate.EndToEnd.Tests.Azure;
using Trailgate.EndToEnd.Tests.Evidence;
using Trailgate.EndToEnd.Tests.Load;
using Trailgate.EndToEnd.Tests.Processes;
using Trailgate.Tests.Azurite;

namespace Trailgate.EndToEnd.Tests.Alerts;

/// <summary>Alerts on their way to a webhook, through faults of the receiver, the server and the storage.</summary>
public abstract class AlertTests(TestFolder folder) : IAsyncLifetime
{
    // The second try comes 5 to 6 seconds after the first.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    /// <summary>Where the test runs.</summary>
    private protected TestFolder Folder { get; } = folder;
    private protected WebhookReceiver Receiver { get; } = new();

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await Receiver.DisposeAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_delete_and_a_failure_reach_a_receiver_that_was_down_at_first_signed_by_Standard_Webhooks()
    {
        var (server, address) = await TrailgateProcess.ServeAsync(Folder, Settings());
        await using var dispose = server;

        await Post.AcceptedAsync(address, $"[{Post.Event("a-read")},{Post.Event("a-delete", "delete")},{Post.Event("a-failure", "update", "failure")}]");
        await TriedAsync(server);
        await Receiver.StartAsync();
        await ArrivedAsync(2);

        Assert.Equal([("delete", "a-delete"), ("failure", "a-failure")], Receiver.Calls.Select(call => (call.Rule, call.CorrelationId)).Order());
        Assert.All(Receiver.Calls, call => call.AssertSigned(_secret));
        Assert.Equal(2, Receiver.Calls.Select(call => call.Id).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task A_server_that_is_killed_after_a_failed_try_delivers_after_its_restart()
    {
        var (killed, address) = await TrailgateProcess.ServeAsync(Folder, Settings());
        await using (killed)
        {
            await Post.AcceptedAsync(address, Post.Event("a-delete", "delete"));
            await TriedAsync(killed);
            await killed.KillAsync();
        }

        await Receiver.StartAsync();
        var (server, _) = await TrailgateProcess.ServeAsync(Folder, Settings());
        await using var dispose = server;
        await ArrivedAsync(1);

        Assert.Equal("a-delete", Receiver.Calls[0].CorrelationId);
        Receiver.Calls[0].AssertSigned(_secret);
    }

    // Minutes, because it waits for a lease: left out of the short slice by its category.
    [Fact]
    [Trait("Category", "Long")]
    public async Task Servers_killed_at_any_moment_deliver_every_alert_in_the_end()
    {
        await Receiver.StartAsync();
        var random = new Random(LongRun.Seed);
        var accepted = new List<string>();
        for (var kill = 0; kill < LongRun.Kills; kill++)
        {
            var (server, address) = await TrailgateProcess.ServeAsync(Folder, Settings());
            await using (server)
            {
                await Post.AcceptedAsync(address, Post.Event($"delete-{kill}", "delete"));
                accepted.Add($"delete-{kill}");
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50)), TimeProvider.System, CancellationToken.None);
                await server.KillAsync();
            }
        }

        // What was under delivery at a kill is hidden until its lease ends, and an alert that no message tells of is caught
        // up by an archive run.
        var (last, _) = await TrailgateProcess.ServeAsync(Folder, Settings());
        await using var dispose = last;
        await TrailgateProcess.ArchiveAsync(Folder);
        await Eventually.HoldsAsync("every alert arrives", TimeSpan.FromMinutes(5), () => Task.FromResult(Missing().Count == 0));

        List<string> Missing() => [.. accepted.Except(Receiver.Calls.Select(call => call.CorrelationId))];
    }

    private protected (string, string)[] Settings() =>
    [
        ("Trailgate__Alerts__Channels__ops__Type", "webhook"),
        ("Trailgate__Alerts__Channels__ops__Url", Receiver.Url),
        ("Trailgate__Alerts__Channels__ops__Secret", $"whsec_{Convert.ToBase64String(_secret)}"),
        ("Trailgate__Alerts__Channels__ops__Insecure", "true"),
        ("Trailgate__Alerts__Lease", "00:03:00"),
        ("Trailgate__Alerts__GroupWindow", "00:00:00"),
        // So that the server says when it has tried.
        ("Logging__LogLevel__Trailgate", "Debug"),
    ];

    private static async Task TriedAsync(TrailgateProcess server) =>
        await server.Output.FirstAsync(line => line.Contains("Handled ", StringComparison.Ordinal) && line.EndsWith("try 1.", StringComparison.Ordinal))
            .WaitAsync(TrailgateProcess.Patience);

    private protected Task ArrivedAsync(int count) =>
        Eventually.HoldsAsync($"{count} alerts arrive", Patience, () => Task.FromResult(Receiver.Calls.Length >= count));
}

/// <summary>Over the file store.</summary>
public sealed class AlertOnFilesTests() : AlertTests(new TestFolder())
{
    [Fact]
    public async Task Alerts_that_could_not_be_queued_are_delivered_after_the_next_archive_run()
    {
        await Receiver.StartAsync();
        var (server, address) = await TrailgateProcess.ServeAsync(Folder, Settings());
        await using var dispose = server;
        // Neither matches nor deliveries can be kept; the event itself can.
        var alerts = Path.Combine(Folder.Data, "alerts");
        Assert.False(Directory.Exists(alerts));
        await File.WriteAllTextAsync(alerts, "");
        await Post.AcceptedAsync(address, Post.Event("a-delete", "delete"));

        File.Delete(alerts);
        await TrailgateProcess.ArchiveAsync(Folder);
        await ArrivedAsync(1);

        Assert.Equal("a-delete", Receiver.Calls[0].CorrelationId);
        Assert.Single(StoredArchive.Read(Folder.Data).Lines);
    }
}

/// <summary>Over a storage account, through its queue.</summary>
[Collection(AzuriteGroup.Name)]
public sealed class AlertOnAzuriteTests(TestAzurite azurite) : AlertTests(new AzureFolder(azurite.TakeConnection()));
