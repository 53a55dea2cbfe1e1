using Trailgate.EndToEnd.Tests.Evidence;
using Trailgate.EndToEnd.Tests.Load;
using Trailgate.EndToEnd.Tests.Processes;

namespace Trailgate.EndToEnd.Tests;

/// <summary>Several processes on one data directory, as two instances of an app on one storage account.</summary>
public sealed class TwoServersTests : IDisposable
{
    private const int Rounds = 4;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Two_servers_and_two_archive_runs_at_once_lose_nothing_and_archive_nothing_twice()
    {
        var log = new SentLog();
        (string, string)[] everySecond = [("Trailgate__Archive__Schedule", "* * * * * *")];
        var (first, firstAddress) = await TrailgateProcess.ServeAsync(_folder, everySecond);
        await using var disposeFirst = first;
        var (second, secondAddress) = await TrailgateProcess.ServeAsync(_folder, everySecond);
        await using var disposeSecond = second;

        using (var stop = new CancellationTokenSource())
        {
            // The same names and seeds: both servers get the same events at about the same time, besides the repeated ones.
            var senders = Task.WhenAll(
                Sender.RunAsync(2, "s", LongRun.Seed, Target.At(firstAddress), log, stop.Token),
                Sender.RunAsync(2, "s", LongRun.Seed, Target.At(secondAddress), log, stop.Token));
            for (var round = 0; round < Rounds; round++)
            {
                await Task.WhenAll(TrailgateProcess.ArchiveAsync(_folder), TrailgateProcess.ArchiveAsync(_folder));
            }

            await stop.CancelAsync();
            await senders;
        }

        foreach (var server in (TrailgateProcess[])[first, second])
        {
            server.Terminate();
            Assert.True(await server.ExitAsync() == 0, server.Describe());
            // A run that fails says so; two that meet must not make each other fail.
            Assert.DoesNotContain(server.Output.All, line => line.Contains("failed", StringComparison.Ordinal));
        }

        await Task.WhenAll(TrailgateProcess.ArchiveAsync(_folder), TrailgateProcess.ArchiveAsync(_folder));
        var archive = StoredArchive.Read(_folder.Data);
        log.AssertKeptIn(archive);
        Assert.Equal(0, log.Unanswered);
        Assert.InRange(log.Accepted, 100, int.MaxValue);
        // Each event came to both servers, and stands there once.
        Assert.InRange(archive.Counts.Duplicate, 100, long.MaxValue);
    }
}
