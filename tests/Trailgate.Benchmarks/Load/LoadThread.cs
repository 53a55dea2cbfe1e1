using System.Globalization;
using System.Net;

namespace Trailgate.Benchmarks.Load;

/// <summary>
/// Drives its connections from one thread, each in a closed loop: send, wait for the answer, send the next.
/// </summary>
internal sealed class LoadThread : IDisposable
{
    private const int WaitMilliseconds = 50;

    private static readonly TimeSpan PatienceAtTheEnd = TimeSpan.FromSeconds(15);

    private readonly TimeProvider _time;
    private readonly RequestTemplate[] _requests;
    private readonly LoadConnection[] _connections;
    private readonly Epoll _epoll = new();
    private readonly byte[] _eventTime = new byte[EventSlots.TimeLength];
    private ulong _number;
    private int _onTheWay;

    /// <param name="time">The clock.</param>
    /// <param name="server">Where to connect.</param>
    /// <param name="requests">What the connections send, round and round.</param>
    /// <param name="connections">How many connections this thread has.</param>
    /// <param name="firstNumber">Number of its first event; the numbers behind it are its own.</param>
    public LoadThread(TimeProvider time, IPEndPoint server, RequestTemplate[] requests, int connections, ulong firstNumber)
    {
        _time = time;
        _requests = requests;
        _number = firstNumber;
        var longest = requests.Max(request => request.Length);
        _connections = [.. Enumerable.Range(0, connections).Select(index =>
            new LoadConnection(server, longest) { Next = index * requests.Length / connections })];
        for (var i = 0; i < connections; i++)
        {
            _epoll.Watch(_connections[i].Socket, i);
        }
    }

    public LoadResult Result { get; } = new();

    /// <summary>Sends for this long, then waits for the answers that are still due, a bounded time.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The server is gone.</exception>
    /// <exception cref="InvalidDataException">The server's answers can not be read.</exception>
    public void Run(TimeSpan duration, CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();
        UpdateEventTime();
        foreach (var connection in _connections)
        {
            Begin(connection);
        }

        while (true)
        {
            var count = _epoll.Wait(WaitMilliseconds);
            var elapsed = _time.GetElapsedTime(start);
            var isInTime = elapsed < duration && !cancellationToken.IsCancellationRequested;
            UpdateEventTime();
            for (var i = 0; i < count; i++)
            {
                Handle(_epoll[i], isInTime);
            }

            if (!isInTime)
            {
                Result.Elapsed = Result.Elapsed == TimeSpan.Zero ? elapsed : Result.Elapsed;
                if (_onTheWay == 0 || elapsed > Result.Elapsed + PatienceAtTheEnd)
                {
                    Result.Unanswered = _onTheWay;
                    return;
                }
            }
        }
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }

        _epoll.Dispose();
    }

    private void Begin(LoadConnection connection)
    {
        var template = _requests[connection.Next];
        connection.Next = connection.Next + 1 == _requests.Length ? 0 : connection.Next + 1;
        template.Write(connection.Request(template.Length), _number, _eventTime);
        _number += (ulong)template.Events;
        connection.EventsOnTheWay = template.Events;
        _onTheWay++;
        connection.StartedAt = _time.GetTimestamp();
        if (!connection.Send())
        {
            Lose(connection);
        }
    }

    private void Handle((int Key, bool IsReadable, bool IsWritable) news, bool isInTime)
    {
        var connection = _connections[news.Key];
        if (connection.EventsOnTheWay == 0)
        {
            return;
        }

        if (news.IsWritable && !connection.Send())
        {
            Lose(connection);
        }
        else if (news.IsReadable && connection.Receive() is { } isWhole)
        {
            if (isWhole)
            {
                Finish(connection, isInTime);
            }
            else
            {
                Lose(connection);
            }
        }

        if (isInTime && connection.EventsOnTheWay == 0)
        {
            Begin(connection);
        }
    }

    private void Finish(LoadConnection connection, bool isInTime)
    {
        Result.Take(connection.Answer, connection.EventsOnTheWay, _time.GetElapsedTime(connection.StartedAt), isInTime);
        connection.EventsOnTheWay = 0;
        _onTheWay--;
        if (connection.IsSpent)
        {
            Renew(connection);
        }
    }

    private void Lose(LoadConnection connection)
    {
        Result.Lost++;
        connection.EventsOnTheWay = 0;
        _onTheWay--;
        Renew(connection);
    }

    private void Renew(LoadConnection connection)
    {
        connection.Reconnect();
        _epoll.Watch(connection.Socket, Array.IndexOf(_connections, connection));
    }

    /// <summary>Once a turn is exact enough: IBM writes hundredths of a second.</summary>
    private void UpdateEventTime() =>
        _time.GetUtcNow().TryFormat(_eventTime, out _, "yyyy-MM-dd'T'HH:mm:ss.ff", CultureInfo.InvariantCulture);
}
