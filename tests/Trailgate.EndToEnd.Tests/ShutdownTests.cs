using System.Net.Sockets;
using System.Text;
using Trailgate.EndToEnd.Tests.Azure;
using Trailgate.EndToEnd.Tests.Evidence;
using Trailgate.EndToEnd.Tests.Load;
using Trailgate.EndToEnd.Tests.Processes;
using Trailgate.Tests.Azurite;

namespace Trailgate.EndToEnd.Tests;

/// <summary>SIGTERM, as orchestrators send it.</summary>
public abstract class ShutdownTests(TestFolder folder) : IDisposable
{
    private const int Held = 8;

    private readonly TestFolder _folder = folder;

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_server_that_is_told_to_end_answers_what_it_has_begun_to_read_and_keeps_what_it_answered()
    {
        var log = new SentLog();
        var target = new Target();
        var (server, address) = await TrailgateProcess.ServeAsync(_folder);
        await using var dispose = server;
        target.Up(address);
        using var stop = new CancellationTokenSource();
        var senders = Sender.RunAsync(4, "s", LongRun.Seed, target, log, stop.Token);
        await Eventually.HoldsAsync("there is load", TrailgateProcess.Patience, () => Task.FromResult(log.Accepted > 100));

        var source = new EventSource("held", new Random(LongRun.Seed));
        var held = await Task.WhenAll(Enumerable.Range(0, Held).Select(_ => HeldRequest.BeginAsync(address, source.Next())));
        server.Terminate();
        target.Down();
        await Eventually.HoldsAsync("the server takes no more connections", TrailgateProcess.Patience, () => IsClosedAsync(address));
        var answers = await Task.WhenAll(held.Select(request => request.FinishAsync()));
        var exit = await server.ExitAsync();
        await stop.CancelAsync();
        await senders;

        Assert.All(answers, answer => Assert.StartsWith("HTTP/1.1 202 ", answer, StringComparison.Ordinal));
        Assert.True(exit == 0, server.Describe());
        Assert.Equal("Stopped: everything accepted is stored.", server.Output.All[^1]);
        Assert.Empty(server.Errors.All);

        await TrailgateProcess.ArchiveAsync(_folder);
        var archive = StoredArchive.Read(await _folder.EvidenceAsync());
        foreach (var request in held)
        {
            Assert.Single(archive.Lines, line => line.CorrelationId == request.Sent.Key);
            log.Sending([request.Sent]);
        }

        log.AssertKeptIn(archive);
    }

    private static async Task<bool> IsClosedAsync(Uri address)
    {
        using var connection = new TcpClient();
        try
        {
            await connection.ConnectAsync(address.Host, address.Port);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    /// <summary>A request of which the server has everything but the end of the body.</summary>
    private sealed class HeldRequest(TcpClient connection, TestEvent sent, byte[] rest) : IDisposable
    {
        public TestEvent Sent => sent;

        public static async Task<HeldRequest> BeginAsync(Uri address, TestEvent sent)
        {
            var connection = new TcpClient();
            await connection.ConnectAsync(address.Host, address.Port);
            var stream = connection.GetStream();
            var body = Encoding.UTF8.GetBytes(sent.Json);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /api/events HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nExpect: 100-continue\r\n\r\n"));
            // The server says so when it begins to read the body: from here on it owes an answer.
            Assert.StartsWith("HTTP/1.1 100 ", await ReadAsync(stream), StringComparison.Ordinal);
            await stream.WriteAsync(body.AsMemory(0, body.Length / 2));
            return new HeldRequest(connection, sent, body[(body.Length / 2)..]);
        }

        public async Task<string> FinishAsync()
        {
            using (this)
            {
                await connection.GetStream().WriteAsync(rest);
                return await ReadAsync(connection.GetStream());
            }
        }

        public void Dispose() => connection.Dispose();

        private static async Task<string> ReadAsync(NetworkStream stream)
        {
            var buffer = new byte[4096];
            var read = await stream.ReadAsync(buffer).AsTask().WaitAsync(TrailgateProcess.Patience);
            return Encoding.ASCII.GetString(buffer, 0, read);
        }
    }
}

/// <summary>Over the file store.</summary>
public sealed class ShutdownOnFilesTests() : ShutdownTests(new TestFolder());

/// <summary>Over a storage account.</summary>
[Collection(AzuriteGroup.Name)]
public sealed class ShutdownOnAzuriteTests(TestAzurite azurite) : ShutdownTests(new AzureFolder(azurite.TakeConnection()));
