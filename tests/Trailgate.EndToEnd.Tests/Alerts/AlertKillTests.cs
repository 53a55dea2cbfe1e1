using Trailgate.EndToEnd.Tests.Azure;
using Trailgate.EndToEnd.Tests.Load;
using Trailgate.EndToEnd.Tests.Processes;
using Trailgate.Tests.Azurite;
using Xunit.Abstractions;

namespace Trailgate.EndToEnd.Tests.Alerts;

/// <summary>
/// kill -9 while alerts are on their way to a receiver that takes its time. More of it: <c>TRAILGATE_KILLS=50 dotnet test
/// tests/Trailgate.EndToEnd.Tests --filter AlertOnFilesKillTests</c>; <c>TRAILGATE_SEED</c> repeats the choices of a run, though not its exact moments.
/// </summary>
public abstract class AlertKillTests : IAsyncLifetime
{
    private const int BodiesARound = 3;
    private const int DeletesABody = 4;

    // What a receiver took is written down at once, which on a busy machine takes its time.
    private static readonly TimeSpan WrittenDown = TimeSpan.FromSeconds(5);

    // What a server sent just before its end may be read a little after it, and the next server needs longer to start.
    private static readonly TimeSpan OnTheWay = TimeSpan.FromMilliseconds(100);

    // The lease of what was under delivery at the last kill, and time to deliver it.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    private readonly Random _random = new(LongRun.Seed);
    private readonly TestFolder _folder;
    private readonly ITestOutputHelper _output;
    private readonly WebhookReceiver _receiver;
    private readonly List<string> _accepted = [];
    private readonly List<long> _kills = [];

    private protected AlertKillTests(TestFolder folder, ITestOutputHelper output)
    {
        _folder = folder;
        _output = output;
        _receiver = new WebhookReceiver { Slowness = () => TimeSpan.FromMilliseconds(Random.Shared.Next(40)) };
    }

    public Task InitializeAsync() => _receiver.StartAsync();

    public async Task DisposeAsync()
    {
        await _receiver.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task No_alert_is_lost_and_none_comes_twice_but_where_its_answer_was_lost_with_the_server()
    {
        _output.WriteLine($"Seed {LongRun.Seed}.");
        for (var kill = 0; kill < LongRun.KillsInDelivery; kill++)
        {
            await DeliverAndKillAsync(kill);
        }

        // What was under delivery at a kill is hidden until its lease ends, and an alert that no message tells of is caught
        // up by an archive run.
        var (last, _) = await TrailgateProcess.ServeAsync(_folder, Settings());
        await using var dispose = last;
        await TrailgateProcess.ArchiveAsync(_folder);
        await Eventually.HoldsAsync("every alert arrives", Patience, () => Task.FromResult(Missing().Count == 0));

        var doubles = _receiver.Calls.GroupBy(call => call.Id).SelectMany(same => same.Zip(same.Skip(1))).ToList();
        var lost = doubles.Count(pair => pair.First.AnsweredAt is not { } answered || answered >= KillAfter(pair.First));
        _output.WriteLine($"{_kills.Count} kills, {_accepted.Count} alerts: none lost, {doubles.Count} sent twice; {lost} of these were not answered yet when the server was killed, {doubles.Count - lost} were answered and not written down yet.");

        Assert.All(doubles, pair =>
        {
            // Its sender was killed in between, and shortly after it had come.
            Assert.True(pair.Second.ArrivedAt > KillAfter(pair.First), $"{pair.First.Id} came twice from one server.");
            Assert.InRange(TimeProvider.System.GetElapsedTime(pair.First.ArrivedAt, KillAfter(pair.First)), -OnTheWay, WrittenDown);
        });
        // One event, one id, however often it is sent.
        Assert.Equal(_accepted.Count, _receiver.Calls.Select(call => call.Id).Distinct(StringComparer.Ordinal).Count());
        Assert.All(_receiver.Calls, call => call.AssertSigned(_receiver.Secret));
    }

    private async Task DeliverAndKillAsync(int round)
    {
        var (server, address) = await TrailgateProcess.ServeAsync(_folder, Settings());
        await using var dispose = server;
        for (var body = 0; body < BodiesARound; body++)
        {
            var keys = Enumerable.Range(0, DeletesABody).Select(number => $"delete-{round}-{body}-{number}").ToList();
            await Post.AcceptedAsync(address, $"[{string.Join(',', keys.Select(key => Post.Event(key, "delete")))}]");
            _accepted.AddRange(keys);
        }

        await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(300)), TimeProvider.System, CancellationToken.None);
        await server.KillAsync();
        _kills.Add(TimeProvider.System.GetTimestamp());
    }

    /// <summary>When the server that sent it was killed; the end of time for the last one.</summary>
    private long KillAfter(WebhookCall call) =>
        _kills.Append(long.MaxValue).First(kill => TimeProvider.System.GetElapsedTime(kill, call.ArrivedAt) < OnTheWay);

    private List<string> Missing() => [.. _accepted.Except(_receiver.Calls.Select(call => call.CorrelationId))];

    private (string, string)[] Settings() =>
        [.. _receiver.Settings, ("Trailgate__Alerts__Lease", "00:03:00"), ("Trailgate__Alerts__GroupWindow", "00:00:00")];
}

/// <summary>Over the file store.</summary>
public sealed class AlertOnFilesKillTests(ITestOutputHelper output) : AlertKillTests(new TestFolder(), output);

/// <summary>Over a storage account, through its queue. Left out of the short slice by its category.</summary>
[Collection(AzuriteGroup.Name)]
[Trait("Category", "Long")]
public sealed class AlertOnAzuriteKillTests(TestAzurite azurite, ITestOutputHelper output) : AlertKillTests(new AzureFolder(azurite.TakeConnection()), output);
