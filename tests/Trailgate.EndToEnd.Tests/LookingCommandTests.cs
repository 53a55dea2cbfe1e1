using Trailgate.EndToEnd.Tests.Load;
using Trailgate.EndToEnd.Tests.Processes;

namespace Trailgate.EndToEnd.Tests;

/// <summary>The commands that look, as processes beside a server.</summary>
public sealed class LookingCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_tail_shows_what_comes_once_also_when_it_was_archived_meanwhile_and_ends_when_it_is_told_to()
    {
        var (server, address) = await TrailgateProcess.ServeAsync(_folder);
        await using var dispose = server;
        await Post.AcceptedAsync(address, Post.Event("old"));
        await using var tail = TrailgateProcess.Start(_folder.Path, [], "tail", "--data", _folder.Data, "--outcome", "success");
        await tail.Errors.FirstAsync(line => line.StartsWith("Following", StringComparison.Ordinal)).WaitAsync(TrailgateProcess.Patience);

        for (var round = 0; round < 3; round++)
        {
            await Post.AcceptedAsync(address, Post.Event($"new-{round}"));
            await Post.AcceptedAsync(address, Post.Event($"failed-{round}", outcome: "failure"));
            await TrailgateProcess.ArchiveAsync(_folder);
            await tail.Output.FirstAsync(line => line.Contains($"\"new-{round}\"", StringComparison.Ordinal)).WaitAsync(TrailgateProcess.Patience);
        }

        tail.Terminate(); // not SIGINT: who runs tests in the background ignores it, and processes inherit that
        Assert.Equal(0, await tail.ExitAsync());
        Assert.Equal(3, tail.Output.All.Length);
        Assert.Equal(["Following; Ctrl-C ends it."], tail.Errors.All);
    }

    [Fact]
    public async Task A_tail_into_a_pipe_that_nobody_reads_any_more_ends_by_itself()
    {
        var (server, address) = await TrailgateProcess.ServeAsync(_folder);
        await using var dispose = server;
        await using var tail = TrailgateProcess.StartIntoHead(_folder.Path, "tail", "--data", _folder.Data);
        await tail.Errors.FirstAsync(line => line.StartsWith("Following", StringComparison.Ordinal)).WaitAsync(TrailgateProcess.Patience);

        await Post.AcceptedAsync(address, Post.Event("first"));
        await tail.Output.FirstAsync(line => line.Contains("\"first\"", StringComparison.Ordinal)).WaitAsync(TrailgateProcess.Patience);
        await Post.AcceptedAsync(address, Post.Event("second"));

        Assert.Equal(0, await tail.ExitAsync());
        Assert.Single(tail.Output.All);
        Assert.Equal(["Following; Ctrl-C ends it."], tail.Errors.All);
    }

    [Fact]
    public async Task A_query_finds_in_archive_and_inbox_without_a_server_and_its_lines_go_into_a_pipe()
    {
        var (server, address) = await TrailgateProcess.ServeAsync(_folder);
        await using (server)
        {
            await Post.AcceptedAsync(address, Post.Event("archived"));
            await TrailgateProcess.ArchiveAsync(_folder);
            await Post.AcceptedAsync(address, Post.Event("waiting", "delete"));
            server.Terminate();
            await server.ExitAsync();
        }

        var (exit, output, errors) = await TrailgateProcess.RunAsync(_folder.Path, [], "query", "--data", _folder.Data, "--from", "2026-11-22");

        Assert.Equal((0, 2), (exit, output.Length));
        Assert.Empty(errors);
        (exit, output, _) = await TrailgateProcess.RunAsync(_folder.Path, [], "query", "--data", _folder.Data, "--view", "deletes", "--format", "table");
        Assert.Equal((0, 2), (exit, output.Length));
        Assert.Contains("codeengine.application.delete", output[1], StringComparison.Ordinal);
    }
}
