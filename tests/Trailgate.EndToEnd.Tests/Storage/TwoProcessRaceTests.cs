using System.Globalization;
using System.Text;
using Trailgate.Azure;
using Trailgate.EndToEnd.Tests.Azure;
using Trailgate.EndToEnd.Tests.Processes;
using Trailgate.Tests.Azurite;

namespace Trailgate.EndToEnd.Tests.Storage;

/// <param name="puts">How many names are raced for.</param>
/// <param name="increments">How often each process counts.</param>
public abstract class TwoProcessRaceTests(int puts, int increments)
{
    /// <summary>The store, as <see cref="StorageWorker.Open"/> takes it; ready when a test begins.</summary>
    protected abstract string StoreText { get; }

    [Fact]
    public async Task Two_processes_put_thousands_of_names_and_each_has_exactly_one_winner()
    {
        var (firstLines, secondLines) = await RaceAsync(
            WorkerProcess.Command("race-put", StoreText, $"{puts}", "first"),
            WorkerProcess.Command("race-put", StoreText, $"{puts}", "second"));
        var first = Numbers(firstLines);
        var second = Numbers(secondLines);

        Assert.Equal(Enumerable.Range(0, puts), first.Concat(second).Order());
        // A race that one of them won alone would show nothing.
        Assert.NotEmpty(first);
        Assert.NotEmpty(second);

        var store = StorageWorker.Open(StoreText);
        var firstWon = first.ToHashSet();
        for (var number = 0; number < puts; number++)
        {
            var blob = await store.ReadAsync(StorageWorker.RaceName(number), CancellationToken.None);
            Assert.Equal(firstWon.Contains(number) ? "first" : "second", Encoding.UTF8.GetString(blob!.Bytes.Span));
        }
    }

    [Fact]
    public async Task Two_processes_increment_a_counter_many_times_each_and_lose_no_update()
    {
        await RaceAsync(
            WorkerProcess.Command("race-replace", StoreText, $"{increments}"),
            WorkerProcess.Command("race-replace", StoreText, $"{increments}"));

        var counter = await StorageWorker.Open(StoreText).ReadAsync(StorageWorker.CounterName, CancellationToken.None);
        Assert.Equal($"{2 * increments}", Encoding.UTF8.GetString(counter!.Bytes.Span));
    }

    private static async Task<(string[] First, string[] Second)> RaceAsync(string[] firstCommand, string[] secondCommand)
    {
        using var first = WorkerProcess.Start(firstCommand);
        using var second = WorkerProcess.Start(secondCommand);
        await first.WaitUntilReadyAsync();
        await second.WaitUntilReadyAsync();
        first.Go();
        second.Go();
        var results = await Task.WhenAll(first.FinishAsync(), second.FinishAsync());
        return (results[0], results[1]);
    }

    private static int[] Numbers(string[] lines) => [.. lines.Select(line => int.Parse(line, CultureInfo.InvariantCulture))];
}

/// <summary>On the file store: ten thousand names.</summary>
public sealed class TwoProcessRaceOnFilesTests() : TwoProcessRaceTests(puts: 10_000, increments: 1000), IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("trailgate-race-").FullName;

    protected override string StoreText => _root;

    public void Dispose() => Directory.Delete(_root, recursive: true);
}

/// <summary>
/// On an account. Fewer names unless <c>TRAILGATE_RACES</c> says otherwise: each costs Azurite some milliseconds, and all of
/// its requests go through one thread, so that more of them find no other order.
/// </summary>
[Collection(AzuriteGroup.Name)]
public sealed class TwoProcessRaceOnAzuriteTests(TestAzurite azurite) : TwoProcessRaceTests(LongRun.Races, increments: LongRun.Races / 10), IAsyncLifetime
{
    protected override string StoreText { get; } = azurite.TakeConnection();

    public Task InitializeAsync() => ((AzureBlobStore)StorageWorker.Open(StoreText)).PrepareAsync(CancellationToken.None);

    public Task DisposeAsync() => Task.CompletedTask;
}
