using System.Text.Json;
using Trailgate.Cli;
using Trailgate.EndToEnd.Tests.Evidence;
using Trailgate.EndToEnd.Tests.Load;
using Trailgate.EndToEnd.Tests.Processes;
using Xunit.Abstractions;

namespace Trailgate.EndToEnd.Tests;

/// <summary>
/// kill -9 at any moment, and after each the offline verifier must find nothing. More of it: <c>TRAILGATE_KILLS=500 dotnet test tests/Trailgate.EndToEnd.Tests --filter KillTests</c>;
/// <c>TRAILGATE_SEED</c> repeats the choices of a run, though not its exact moments.
/// </summary>
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    private const int Senders = 4;

    // The server's own runs are killed with it.
    private static readonly (string, string)[] ArchivingEverySecond = [("Trailgate__Archive__Schedule", "* * * * * *")];

    private readonly TestFolder _folder = new();
    private readonly SentLog _log = new();
    private readonly Random _random = new(LongRun.Seed);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_answered_202_is_archived_exactly_once_however_often_the_server_is_killed()
    {
        output.WriteLine($"Seed {LongRun.Seed}.");
        var target = new Target();
        var openPlans = 0;
        using (var stop = new CancellationTokenSource())
        {
            var senders = Sender.RunAsync(Senders, "s", LongRun.Seed, target, _log, stop.Token);
            for (var kill = 0; kill < LongRun.Kills; kill++)
            {
                var (server, address) = await TrailgateProcess.ServeAsync(_folder, ArchivingEverySecond);
                await using (server)
                {
                    target.Up(address);
                    await PassAsync(_random.Next(50, 1500));
                    Assert.False(server.HasExited, $"The server ended by itself.\n{server.Describe()}");
                    target.Down();
                    await server.KillAsync();
                }

                openPlans += PlanIsOpen() ? 1 : 0;
                await AssertVerifiesAsync();
            }

            await stop.CancelAsync();
            await senders;
        }

        await TrailgateProcess.ArchiveAsync(_folder);
        await AssertVerifiesAsync();
        output.WriteLine($"{LongRun.Kills} kills, {openPlans} of them in an archive run; {_log.Accepted} events accepted, {_log.Unanswered} sent without an answer.");

        _log.AssertKeptIn(StoredArchive.Read(_folder.Data));
        // Else it was no load, or no kill met it.
        Assert.InRange(_log.Accepted, LongRun.Kills, int.MaxValue);
        Assert.NotEqual(0, _log.Unanswered);
        Assert.Equal(0, _log.RefusedRequests);
    }

    [Fact]
    public async Task What_was_answered_202_is_archived_exactly_once_however_often_the_archive_run_is_killed()
    {
        output.WriteLine($"Seed {LongRun.Seed}.");
        var openPlans = 0;
        var finished = 0;
        var (server, address) = await TrailgateProcess.ServeAsync(_folder, ("Trailgate__Archive__Schedule", "0 0 0 1 1 *"));
        await using (server)
        {
            using var stop = new CancellationTokenSource();
            // Senders send while a run works, and wait while it is checked what a kill left behind: on a fast machine they would fill the
            // inbox faster than a slow disk lets runs empty it, and all that is left to kill were the listing of it.
            var target = new Target();
            var senders = Sender.RunAsync(2, "s", LongRun.Seed, target, _log, stop.Token);
            for (var kill = 0; kill < LongRun.Kills;)
            {
                target.Up(address);
                await using var run = TrailgateProcess.Start(_folder.Path, [], "archive", "--data", _folder.Data);
                // At any moment of its life, or at any moment after its first plan: half of the time is start-up.
                if (_random.Next(4) == 0)
                {
                    await PassAsync(_random.Next(0, 1000));
                }
                else
                {
                    await Eventually.HoldsAsync("the run plans", TrailgateProcess.Patience, () => Task.FromResult(PlanIsOpen() || run.HasExited));
                    await PassAsync(_random.Next(0, 1000));
                }

                var isAtWork = !run.HasExited;
                if (isAtWork)
                {
                    await run.KillAsync();
                }

                target.Down();
                if (!isAtWork)
                {
                    Assert.True(await run.ExitAsync() == 0, run.Describe());
                    finished++;
                    continue;
                }

                kill++;
                openPlans += PlanIsOpen() ? 1 : 0;
                await AssertVerifiesAsync();
                if (kill % 5 == 0)
                {
                    await TrailgateProcess.ArchiveAsync(_folder);
                }
            }

            await stop.CancelAsync();
            await senders;
            server.Terminate();
            Assert.Equal(0, await server.ExitAsync());
        }

        await TrailgateProcess.ArchiveAsync(_folder);
        await AssertVerifiesAsync();
        output.WriteLine($"{LongRun.Kills} kills, {openPlans} of them left an open plan; {finished} runs came to their end; {_log.Accepted} events accepted.");

        _log.AssertKeptIn(StoredArchive.Read(_folder.Data));
        Assert.Equal(0, _log.Unanswered);
        // Else no kill met a run at work.
        Assert.NotEqual(0, openPlans);
    }

    /// <summary>What a kill left behind is no damage, whatever was half done. The command runs in this process: only others are killed.</summary>
    private async Task AssertVerifiesAsync()
    {
        using var said = new StringWriter();
        var exit = await CommandLine.RunAsync(["verify", "--data", _folder.Data], said, said);
        // Before the first run there is nothing to check, and the command says that it could not.
        var ledger = Path.Combine(_folder.Data, "ledger");
        var hasArchive = Directory.Exists(ledger) && Directory.EnumerateFiles(ledger, "*.note").Any();
        Assert.True(exit == 0 || (exit == 2 && !hasArchive), said.ToString());
    }

    /// <summary>Lets time pass, because the moment of a kill is chance.</summary>
    private static Task PassAsync(int milliseconds) => Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, CancellationToken.None);

    private bool PlanIsOpen()
    {
        try
        {
            using var plan = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder.Data, "inbox", "plan.json")));
            return plan.RootElement.GetProperty("state").GetString() == "open";
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }
}
