using System.Globalization;
using System.Text;
using Trailgate.Storage;

namespace Trailgate.EndToEnd.Tests.Storage;

public sealed class TwoProcessRaceTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("trailgate-race-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Two_processes_put_ten_thousand_names_and_each_has_exactly_one_winner()
    {
        const int Count = 10_000;
        var (firstLines, secondLines) = await RaceAsync(
            WorkerProcess.Command("race-put", _root, $"{Count}", "first"),
            WorkerProcess.Command("race-put", _root, $"{Count}", "second"));
        var first = Numbers(firstLines);
        var second = Numbers(secondLines);

        Assert.Equal(Enumerable.Range(0, Count), first.Concat(second).Order());
        // A race that one of them won alone would show nothing.
        Assert.NotEmpty(first);
        Assert.NotEmpty(second);

        var store = new FileBlobStore(_root);
        var firstWon = first.ToHashSet();
        for (var number = 0; number < Count; number++)
        {
            var blob = await store.ReadAsync(StorageWorker.RaceName(number), CancellationToken.None);
            Assert.Equal(firstWon.Contains(number) ? "first" : "second", Encoding.UTF8.GetString(blob!.Bytes.Span));
        }
    }

    [Fact]
    public async Task Two_processes_increment_a_counter_a_thousand_times_each_and_lose_no_update()
    {
        await RaceAsync(
            WorkerProcess.Command("race-replace", _root, "1000"),
            WorkerProcess.Command("race-replace", _root, "1000"));

        var counter = await new FileBlobStore(_root).ReadAsync(StorageWorker.CounterName, CancellationToken.None);
        Assert.Equal("2000", Encoding.UTF8.GetString(counter!.Bytes.Span));
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
