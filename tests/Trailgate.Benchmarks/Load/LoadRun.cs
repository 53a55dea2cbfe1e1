using System.Net;
using System.Net.Sockets;
using Trailgate.Benchmarks.Servers;

namespace Trailgate.Benchmarks.Load;

/// <summary>The load of one scenario against one server: some threads that share the connections.</summary>
internal sealed class LoadRun(TimeProvider time, IReadOnlyList<byte[]> deck)
{
    // Each thread of each run has numbers of its own, so that no event repeats; a later process starts later.
    private const ulong NumbersPerThread = 1UL << 32;

    private ulong _nextNumber = (ulong)time.GetUtcNow().ToUnixTimeMilliseconds() << 20;
    private LoadThread[] _threads = [];

    /// <summary>Events with a 202 in the run that goes on.</summary>
    public long EventsAnswered => Volatile.Read(ref _threads).Sum(thread => thread.Result.EventsAnswered);

    /// <summary>Runs it to its end. One run at a time.</summary>
    /// <exception cref="ServerException">The server is gone.</exception>
    /// <exception cref="InvalidDataException">The server's answers can not be read.</exception>
    public async Task<LoadResult> RunAsync(ServerProcess server, Scenario scenario, LoadShape shape, TimeSpan duration, CancellationToken cancellationToken)
    {
        var endPoint = new IPEndPoint(IPAddress.Parse(server.Url.Host), server.Url.Port);
        var threads = new LoadThread[shape.Threads];
        try
        {
            for (var i = 0; i < threads.Length; i++)
            {
                var connections = shape.Connections / threads.Length + (i < shape.Connections % threads.Length ? 1 : 0);
                threads[i] = new LoadThread(time, endPoint, scenario.Requests(server.Url.Authority, deck), connections, _nextNumber);
                _nextNumber += NumbersPerThread;
            }

            Volatile.Write(ref _threads, threads);
            await Task.WhenAll(threads.Select(thread => Task.Factory.StartNew(
                () => thread.Run(duration, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        }
        catch (SocketException e)
        {
            throw await server.ExplainAsync(e);
        }
        finally
        {
            foreach (var thread in threads)
            {
                thread?.Dispose();
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        var sum = new LoadResult { Elapsed = threads.Max(thread => thread.Result.Elapsed) };
        foreach (var thread in threads)
        {
            sum.Add(thread.Result);
        }

        return sum;
    }
}

/// <summary>How the generator loads a server.</summary>
internal sealed record LoadShape(int Connections, int Threads);
