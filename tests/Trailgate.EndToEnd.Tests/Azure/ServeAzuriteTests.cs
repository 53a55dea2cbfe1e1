using System.Net.Sockets;
using Azure.Storage.Blobs;
using Trailgate.EndToEnd.Tests.Load;
using Trailgate.EndToEnd.Tests.Processes;
using Trailgate.Tests.Azurite;

namespace Trailgate.EndToEnd.Tests.Azure;

/// <summary><c>trailgate serve --azurite</c>, and what goes wrong when a store is chosen.</summary>
[Collection(AzuriteGroup.Name)]
public sealed class ServeAzuriteTests(TestAzurite shared) : IDisposable
{
    private const string Listens = "Azurite listens on http://127.0.0.1:";
    private const string Others = "  others   --connection '";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_brings_its_own_Azurite_that_others_can_use_and_that_ends_with_it_and_keeps_everything()
    {
        await using (var server = Serve())
        {
            await Post.AcceptedAsync(await server.AddressAsync(), Post.Event("kept"));
            var connection = server.Output.All.Single(line => line.StartsWith(Others, StringComparison.Ordinal))[Others.Length..^1];
            var (exit, output, errors) = await TrailgateProcess.RunAsync(_folder.Path, [], "archive", "--connection", connection);
            Assert.True(exit == 0, string.Join('\n', errors));
            Assert.Equal(["Archived 1 event in 1 segment from 1 batch."], output);

            server.Terminate();
            Assert.True(await server.ExitAsync() == 0, server.Describe());
            Assert.Equal("Stopped: everything accepted is stored.", server.Output.All[^1]);
            Assert.False(await IsOpenAsync(PortOf(server)));
        }

        await using var again = Serve();
        using var client = new HttpClient { BaseAddress = await again.AddressAsync() };
        Assert.Contains("\"archived\": 1", await client.GetStringAsync(new Uri("/api/stats", UriKind.Relative)), StringComparison.Ordinal);
        again.Terminate();
        Assert.Equal(0, await again.ExitAsync());
    }

    [Fact]
    public async Task Its_Azurite_does_not_outlive_it_when_it_is_killed()
    {
        await using var server = Serve();
        await server.AddressAsync();

        await server.KillAsync();

        await Eventually.HoldsAsync("Azurite ends", TrailgateProcess.Patience, async () => !await IsOpenAsync(PortOf(server)));
    }

    [Fact]
    public async Task Ctrl_C_does_not_take_the_storage_away_from_a_server_that_is_ending()
    {
        Signals.Interrupt(shared.Running.ProcessId);

        // Several requests: the signal is on its way while the first is answered.
        var service = new BlobServiceClient(shared.TakeConnection());
        for (var i = 0; i < 20; i++)
        {
            await service.CreateBlobContainerAsync($"container-{i}");
        }
    }

    [Fact]
    public async Task Without_Node_it_says_what_is_missing_in_one_sentence()
    {
        var nothing = Directory.CreateDirectory(Path.Combine(_folder.Path, "nothing")).FullName;

        var (exit, _, errors) = await TrailgateProcess.RunAsync(_folder.Path, [("PATH", nothing)], "serve", "--azurite", "--urls", "http://127.0.0.1:0");

        Assert.Equal(2, exit);
        Assert.StartsWith("--azurite needs Node.js 20 or later, which is not on the PATH", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("only one of them can be used", "serve", "--data", "x", "--connection", "UseDevelopmentStorage=true")]
    [InlineData("only one of them can be used", "archive", "--data", "x", "--connection", "UseDevelopmentStorage=true")]
    [InlineData("only one of them can be used", "serve", "--azurite", "--connection", "UseDevelopmentStorage=true")]
    [InlineData("--azurite takes a port, not '70000'.", "serve", "--azurite", "70000")]
    [InlineData("Trailgate:Connection is no connection string", "serve", "--connection", "nonsense")]
    [InlineData("Trailgate:Connection is no connection string", "archive", "--connection", "AccountKey=nonsense")]
    public async Task A_choice_that_can_not_be_made_ends_with_2_and_says_so(string expected, params string[] args)
    {
        var (exit, _, errors) = await TrailgateProcess.RunAsync(_folder.Path, [], args);

        Assert.Equal(2, exit);
        Assert.Contains(errors, line => line.Contains(expected, StringComparison.Ordinal));
        Assert.DoesNotContain(errors, line => line.Contains("fault in trailgate", StringComparison.Ordinal) || line.Contains("AccountKey=nonsense", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_account_that_is_not_there_ends_the_start_in_one_sentence()
    {
        var account = shared.TakeAccount() with { Name = "nobody" };
        var (exit, _, errors) = await TrailgateProcess.RunAsync(
            _folder.Path, [("Trailgate__Connection__Retries", "0")], "archive", "--connection", shared.Running.ConnectionString(account));

        Assert.Equal(2, exit);
        Assert.Matches("^Cannot make the container http://127.0.0.1:[0-9]+/nobody/[a-z]+: the account answered [0-9]{3}", Assert.Single(errors));
    }

    private static int PortOf(TrailgateProcess server)
    {
        var line = server.Output.All.Single(line => line.StartsWith(Listens, StringComparison.Ordinal));
        return int.Parse(line.AsSpan(Listens.Length, line.IndexOf(' ', Listens.Length) - Listens.Length), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<bool> IsOpenAsync(int port)
    {
        using var connection = new TcpClient();
        try
        {
            await connection.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>With the tests' own Azurite on the path, as a user has it who installed it.</summary>
    private TrailgateProcess Serve()
    {
        var commands = Directory.CreateDirectory(Path.Combine(_folder.Path, "bin")).FullName;
        var command = Path.Combine(commands, "azurite");
        if (!File.Exists(command))
        {
            File.CreateSymbolicLink(command, AzuritePackage.Script);
        }

        return TrailgateProcess.Start(
            _folder.Path,
            [TrailgateProcess.NoRuns, ("PATH", $"{commands}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}")],
            "serve", "--urls", "http://127.0.0.1:0", "--azurite", "0");
    }
}
