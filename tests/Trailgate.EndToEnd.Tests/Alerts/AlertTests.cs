using System.Text.Json;
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
        Assert.All(Receiver.Calls, call => call.AssertSigned(Receiver.Secret));
        Assert.All(Receiver.Calls, call => Assert.Equal("trailgate.alert", call.Type));
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
        Receiver.Calls[0].AssertSigned(Receiver.Secret);
    }

    [Fact]
    public async Task Of_a_storm_the_first_alert_arrives_and_summaries_that_count_all_others()
    {
        const int Bodies = 4, DeletesABody = 25;
        await Receiver.StartAsync();
        var (server, address) = await TrailgateProcess.ServeAsync(Folder, [.. Settings(), ("Trailgate__Alerts__GroupWindow", "00:00:03")]);
        await using var dispose = server;

        for (var body = 0; body < Bodies; body++)
        {
            var events = Enumerable.Range(0, DeletesABody).Select(number => Post.Event($"delete-{body}-{number}", "delete"));
            await Post.AcceptedAsync(address, $"[{string.Join(',', events)}]");
        }

        await Eventually.HoldsAsync("all are told of", Patience, () => Task.FromResult(Receiver.Calls.Sum(call => call.Count) >= Bodies * DeletesABody));

        Assert.Equal(Bodies * DeletesABody, Receiver.Calls.Sum(call => call.Count));
        Assert.Equal("trailgate.alert", Receiver.Calls[0].Type);
        Assert.All(Receiver.Calls.Skip(1), call => Assert.Equal("trailgate.summary", call.Type));
        // Not more than one window for each body, however slow the machine.
        Assert.InRange(Receiver.Calls.Length, 2, 1 + Bodies);
        Assert.All(Receiver.Calls, call => call.AssertSigned(Receiver.Secret));
    }

    [Fact]
    public async Task What_the_receiver_refused_is_sent_again_by_the_command_under_the_same_id()
    {
        Receiver.Answer = 400;
        await Receiver.StartAsync();
        var (server, address) = await TrailgateProcess.ServeAsync(Folder, Settings());
        await using var dispose = server;
        await Post.AcceptedAsync(address, Post.Event("a-delete", "delete"));
        // The alert, and what the pipeline told of it.
        await Eventually.HoldsAsync("two are dead", Patience, async () => (await DeadAsync(address)).Count == 2);
        var id = (await DeadAsync(address)).Id;
        Receiver.Answer = 204;

        Assert.Equal((0, "1 dead letter is queued again."), Said(await RedeliverAsync(id)));
        await Eventually.HoldsAsync("it comes again", Patience, () => Task.FromResult(Receiver.Calls.Count(call => call.Id == $"{id}_ops") == 2));

        Assert.Equal((1, "There is no dead letter of that id."), Said(await RedeliverAsync(id)));
        Assert.Equal(0, (await RedeliverAsync("--channel", "ops")).Exit);
        Assert.Equal((1, "Channel ops has no dead letters."), Said(await RedeliverAsync("--channel", "ops")));
        Assert.Equal((2, "No channel is named unknown in the settings here."), Said(await RedeliverAsync("--channel", "unknown")));
        Assert.Equal(2, (await RedeliverAsync()).Exit);
        Assert.Equal(2, (await RedeliverAsync(id, "--channel", "ops")).Exit);
    }

    private static (int, string) Said((int Exit, string[] Output, string[] Errors) result) => (result.Exit, string.Join('\n', [.. result.Output, .. result.Errors]));

    private Task<(int Exit, string[] Output, string[] Errors)> RedeliverAsync(params string[] what) =>
        TrailgateProcess.RunAsync(Folder.Path, Receiver.Settings, ["alerts", "redeliver", .. what, .. Folder.StoreArguments]);

    /// <summary>How many dead letters there are, and the id of the delete's.</summary>
    private static async Task<(int Count, string Id)> DeadAsync(Uri address)
    {
        using var client = new HttpClient();
        using var answer = JsonDocument.Parse(await client.GetStringAsync(new Uri(address, "/api/alerts")));
        var root = answer.RootElement;
        return (
            root.GetProperty("deadLetters").TryGetProperty("ops", out var count) ? count.GetInt32() : 0,
            root.GetProperty("alerts").EnumerateArray().Single(alert => alert.GetProperty("rule").GetString() == "delete").GetProperty("id").GetString()!);
    }

    private protected (string, string)[] Settings() =>
    [
        .. Receiver.Settings,
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
