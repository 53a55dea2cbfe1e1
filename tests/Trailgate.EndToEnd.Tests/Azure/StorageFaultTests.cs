using System.Net;
using Trailgate.EndToEnd.Tests.Evidence;
using Trailgate.EndToEnd.Tests.Load;
using Trailgate.EndToEnd.Tests.Processes;
using Trailgate.Tests.Azurite;
using Xunit.Abstractions;

namespace Trailgate.EndToEnd.Tests.Azure;

/// <summary>The account goes away, comes back, and is unreliable in every way that a network and a busy service know.</summary>
[Collection(AzuriteGroup.Name)]
public sealed class StorageFaultTests(TestAzurite azurite, ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly Treatment[] Faults =
        [Treatment.Drop, Treatment.Delay, Treatment.CutAnswer, Treatment.HideAnswer, Treatment.Answer500, Treatment.Answer503, Treatment.Answer429];

    private static readonly (string, string)[] Settings =
    [
        ("Trailgate__Archive__Schedule", "* * * * * *"),
        // A sender of the test need not wait as long as one of the world.
        ("Trailgate__Connection__Retries", "2"),
        ("Trailgate__Connection__Timeout", "00:00:05"),
    ];

    private FaultProxy _proxy = null!; // xunit calls InitializeAsync before any test
    private AzureFolder _folder = null!; // the same

    public async Task InitializeAsync()
    {
        var account = azurite.TakeAccount();
        _proxy = await FaultProxy.StartAsync(azurite.Running);
        _folder = new AzureFolder(_proxy.ConnectionOf(account), azurite.Running.ConnectionString(account));
    }

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _folder.Dispose();
    }

    public static TheoryData<string> WaysToBeAway => [nameof(Treatment.Drop), nameof(Treatment.Answer500), nameof(Treatment.Answer503), nameof(Treatment.Answer429)];

    [Theory]
    [MemberData(nameof(WaysToBeAway))]
    public async Task While_the_account_is_away_a_sender_is_told_to_come_again_and_its_resend_is_stored_once(string way)
    {
        var (server, address) = await TrailgateProcess.ServeAsync(_folder, Settings);
        await using var dispose = server;
        await Post.AcceptedAsync(address, Post.Event("before"));

        _proxy.Treat = () => Enum.Parse<Treatment>(way);
        using (var refused = await Post.JsonAsync(address, Post.Event("during", "delete")))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        }

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(address, "/health/live"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(address, "/health/ready"));

        _proxy.Treat = () => Treatment.Pass;
        await Post.AcceptedAsync(address, Post.Event("during", "delete"));
        await Post.AcceptedAsync(address, Post.Event("after"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(address, "/health/ready"));
        await StopAndArchiveAsync(server);
        var archive = StoredArchive.Read(await _folder.EvidenceAsync());
        Assert.Equal(["after", "before", "during"], archive.Lines.Select(line => line.CorrelationId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_account_that_drops_delays_refuses_and_hides_its_answers_under_load_loses_nothing_and_doubles_nothing()
    {
        output.WriteLine($"Seed {LongRun.Seed}.");
        var log = new SentLog();
        var random = new Random(LongRun.Seed);
        var (server, address) = await TrailgateProcess.ServeAsync(_folder, Settings);
        await using var dispose = server;
        using (var stop = new CancellationTokenSource())
        {
            var senders = Sender.RunAsync(4, "s", LongRun.Seed, Target.At(address), log, stop.Token);
            foreach (var oneIn in (int[])[10, 3])
            {
                _proxy.Treat = () => Next(random, oneIn);
                var accepted = log.Accepted;
                await Eventually.HoldsAsync("every fault is met and events are accepted all the same", TrailgateProcess.Patience, () => Task.FromResult(
                    log.Accepted > accepted + 100 && Faults.All(fault => _proxy.CountOf(fault) >= 10)));
            }

            // Away altogether, and back.
            _proxy.Treat = () => Treatment.Drop;
            var refused = log.RefusedRequests;
            await Eventually.HoldsAsync("requests are refused", TrailgateProcess.Patience, () => Task.FromResult(log.RefusedRequests > refused + 10));
            _proxy.Treat = () => Treatment.Pass;
            var before = log.Accepted;
            await Eventually.HoldsAsync("events are accepted again", TrailgateProcess.Patience, () => Task.FromResult(log.Accepted > before + 100));
            await stop.CancelAsync();
            await senders;
        }

        await StopAndArchiveAsync(server);
        output.WriteLine($"{log.Accepted} events accepted, {log.RefusedRequests} requests refused, {string.Join(", ", Faults.Select(fault => $"{_proxy.CountOf(fault)} {fault}"))}.");
        log.AssertKeptIn(StoredArchive.Read(await _folder.EvidenceAsync()));
    }

    private static Treatment Next(Random random, int oneIn)
    {
        lock (random)
        {
            return random.Next(oneIn) == 0 ? Faults[random.Next(Faults.Length)] : Treatment.Pass;
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(Uri address, string path)
    {
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri(address, path));
        return response.StatusCode;
    }

    private async Task StopAndArchiveAsync(TrailgateProcess server)
    {
        Assert.False(server.HasExited, server.Describe());
        server.Terminate();
        Assert.True(await server.ExitAsync() == 0, server.Describe());
        await TrailgateProcess.ArchiveAsync(_folder);
    }
}
