using System.Net;
using System.Text.Json;
using Trailgate.EndToEnd.Tests.Evidence;
using Trailgate.EndToEnd.Tests.Load;
using Trailgate.EndToEnd.Tests.Processes;

namespace Trailgate.EndToEnd.Tests;

/// <summary>
/// The storage goes away and comes back under a running server. Permissions would not do: tests often run as root, whom
/// they do not stop.
/// </summary>
public sealed class StorageFaultTests : IDisposable
{
    private static readonly (string, string)[] ArchivingEverySecond = [("Trailgate__Archive__Schedule", "* * * * * *")];

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("inbox")]
    public async Task While_the_directory_is_away_a_sender_is_told_to_come_again_and_its_resend_is_stored_once(string away)
    {
        var (server, address) = await TrailgateProcess.ServeAsync(_folder, ArchivingEverySecond);
        await using var dispose = server;
        await Post.AcceptedAsync(address, Post.Event("before"));

        // Where the directory was there is a file: nothing can be made in it.
        var directory = Path.Combine(_folder.Data, away).TrimEnd('/');
        var aside = Path.Combine(_folder.Path, "aside");
        Directory.Move(directory, aside);
        await File.WriteAllTextAsync(directory, "");

        for (var attempt = 0; attempt < 3; attempt++)
        {
            using var refused = await Post.JsonAsync(address, Post.Event("during", "delete"));
            await AssertComeAgainAsync(refused);
        }

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(address, "/health/live"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(address, "/health/ready"));

        File.Delete(directory);
        Directory.Move(aside, directory);
        await Post.AcceptedAsync(address, Post.Event("during", "delete"));
        await Post.AcceptedAsync(address, Post.Event("after"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(address, "/health/ready"));
        await StopAsync(server);

        await TrailgateProcess.ArchiveAsync(_folder);
        Assert.Equal(["after", "before", "during"], StoredArchive.Read(_folder.Data).Lines.Select(line => line.CorrelationId).Order(StringComparer.Ordinal));
    }

    [LinuxFact]
    public async Task A_disk_that_is_full_now_and_then_under_load_loses_nothing_and_doubles_nothing()
    {
        var log = new SentLog();
        await using var server = TrailgateProcess.StartLimitable(
            _folder.Path, ArchivingEverySecond, "serve", "--urls", "http://127.0.0.1:0", "--data", _folder.Data);
        var address = await server.AddressAsync();
        using (var stop = new CancellationTokenSource())
        {
            var senders = Sender.RunAsync(4, "s", LongRun.Seed, Target.At(address), log, stop.Token);
            for (ulong round = 0; round < 4; round++)
            {
                // No byte, then a few of each file: some commits fail half-way.
                var (accepted, refused) = (log.Accepted, log.RefusedRequests);
                await Eventually.HoldsAsync("events are accepted", TrailgateProcess.Patience, () => Task.FromResult(log.Accepted > accepted));
                Signals.LimitFiles(server.Id, round * 2000);
                await Eventually.HoldsAsync("events are refused", TrailgateProcess.Patience, () => Task.FromResult(log.RefusedRequests > refused + 10));
                Signals.LimitFiles(server.Id, null);
            }

            var before = log.Accepted;
            await Eventually.HoldsAsync("events are accepted again", TrailgateProcess.Patience, () => Task.FromResult(log.Accepted > before + 100));
            await stop.CancelAsync();
            await senders;
        }

        await StopAsync(server);
        await TrailgateProcess.ArchiveAsync(_folder);
        log.AssertKeptIn(StoredArchive.Read(_folder.Data));
    }

    [Fact]
    public async Task An_archive_that_can_not_be_written_fails_the_run_with_its_reason_and_keeps_what_waits()
    {
        var (server, address) = await TrailgateProcess.ServeAsync(_folder);
        await using var dispose = server;
        var archive = Path.Combine(_folder.Data, "archive");
        await File.WriteAllTextAsync(archive, "");
        await Post.AcceptedAsync(address, Post.Event("waits"));

        var (exit, _, errors) = await TrailgateProcess.RunAsync(_folder.Path, [], "archive", "--data", _folder.Data);

        Assert.Equal(2, exit);
        Assert.Contains(errors, line => line.Contains(archive, StringComparison.Ordinal));
        Assert.DoesNotContain(errors, line => line.Contains("fault in trailgate", StringComparison.Ordinal));

        File.Delete(archive);
        await StopAsync(server);
        await TrailgateProcess.ArchiveAsync(_folder);
        Assert.Equal("waits", Assert.Single(StoredArchive.Read(_folder.Data).Lines).CorrelationId);
    }

    private static async Task AssertComeAgainAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.True(response.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(503, problem.RootElement.GetProperty("status").GetInt32());
        Assert.Contains("again", problem.RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> StatusAsync(Uri address, string path)
    {
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri(address, path));
        return response.StatusCode;
    }

    private static async Task StopAsync(TrailgateProcess server)
    {
        Assert.False(server.HasExited, server.Describe());
        server.Terminate();
        Assert.True(await server.ExitAsync() == 0, server.Describe());
    }
}
