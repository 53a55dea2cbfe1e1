using Trailgate.EndToEnd.Tests.Evidence;
using Trailgate.EndToEnd.Tests.Load;
using Trailgate.EndToEnd.Tests.Processes;
using Trailgate.Tests.Azurite;
using Xunit.Abstractions;

namespace Trailgate.EndToEnd.Tests.Azure;

/// <summary>
/// Three instances on one account, all of them under load and archiving, two of which are killed at any moment, again and
/// again. More of it: <c>TRAILGATE_KILLS=40 dotnet test tests/Trailgate.EndToEnd.Tests --filter ThreeServersTests</c> makes
/// 20 rounds.
/// </summary>
[Collection(AzuriteGroup.Name)]
public sealed class ThreeServersTests(TestAzurite azurite, ITestOutputHelper output) : IDisposable
{
    private static readonly int Rounds = Math.Max(1, LongRun.KillsInAzure / 2);

    private static readonly (string, string)[] ArchivingEverySecond = [("Trailgate__Archive__Schedule", "* * * * * *")];

    private readonly AzureFolder _folder = new(azurite.TakeConnection());
    private readonly SentLog _log = new();
    private readonly Random _random = new(LongRun.Seed);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_answered_202_is_archived_exactly_once_though_two_of_three_are_killed_again_and_again()
    {
        output.WriteLine($"Seed {LongRun.Seed}, {Rounds} rounds.");
        var (steady, steadyAddress) = await TrailgateProcess.ServeAsync(_folder, ArchivingEverySecond);
        await using var disposeSteady = steady;
        using (var stop = new CancellationTokenSource())
        {
            Target[] targets = [Target.At(steadyAddress), new Target(), new Target()];
            var senders = Task.WhenAll(targets.Select((target, number) => Sender.RunAsync(2, $"s{number}-", LongRun.Seed, target, _log, stop.Token)));
            for (var round = 0; round < Rounds; round++)
            {
                await Task.WhenAll(LiveAndDieAsync(targets[1]), LiveAndDieAsync(targets[2]));
            }

            await stop.CancelAsync();
            await senders;
        }

        Assert.False(steady.HasExited, steady.Describe());
        steady.Terminate();
        Assert.True(await steady.ExitAsync() == 0, steady.Describe());
        Assert.DoesNotContain(steady.Output.All, line => line.Contains("failed", StringComparison.Ordinal));
        await TrailgateProcess.ArchiveAsync(_folder);

        var archive = StoredArchive.Read(await _folder.EvidenceAsync());
        output.WriteLine($"{_log.Accepted} events accepted, {_log.Unanswered} sent without an answer, {archive.Counts.Duplicate} duplicates taken out.");
        _log.AssertKeptIn(archive);
        // Else it was no load, or no kill met it.
        Assert.InRange(_log.Accepted, 10 * Rounds, int.MaxValue);
        Assert.NotEqual(0, _log.Unanswered);
    }

    private async Task LiveAndDieAsync(Target target)
    {
        int life;
        lock (_random)
        {
            life = _random.Next(50, 2500);
        }

        var (server, address) = await TrailgateProcess.ServeAsync(_folder, ArchivingEverySecond);
        await using (server)
        {
            target.Up(address);
            // The moment of a kill is chance.
            await Task.Delay(TimeSpan.FromMilliseconds(life), TimeProvider.System, CancellationToken.None);
            Assert.False(server.HasExited, $"The server ended by itself.\n{server.Describe()}");
            target.Down();
            await server.KillAsync();
        }
    }
}
