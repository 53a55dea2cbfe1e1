using System.Text;

namespace Trailgate.Benchmarks.Load;

/// <summary>One whole HTTP request, ready but for the slots of its events.</summary>
internal sealed class RequestTemplate
{
    private readonly byte[] _bytes;
    private readonly EventSlots[] _events;

    /// <param name="host">The Host header, <c>127.0.0.1:7071</c>.</param>
    /// <param name="events">Its events: one goes as JSON, several as NDJSON.</param>
    public RequestTemplate(string host, IReadOnlyList<byte[]> events)
    {
        var bodyLength = events.Sum(line => line.Length) + events.Count - 1;
        var type = events.Count == 1 ? "application/json" : "application/x-ndjson";
        var head = Encoding.ASCII.GetBytes(
            $"POST /api/events HTTP/1.1\r\nHost: {host}\r\nContent-Type: {type}\r\nContent-Length: {bodyLength}\r\n\r\n");

        _bytes = new byte[head.Length + bodyLength];
        _events = new EventSlots[events.Count];
        head.CopyTo(_bytes, 0);
        var at = head.Length;
        for (var i = 0; i < events.Count; i++)
        {
            if (i > 0)
            {
                _bytes[at++] = (byte)'\n';
            }

            _events[i] = EventSlots.Find(events[i], at);
            events[i].CopyTo(_bytes, at);
            at += events[i].Length;
        }
    }

    public int Length => _bytes.Length;

    public int Events => _events.Length;

    /// <summary>Writes the request with events of the numbers from <paramref name="first"/> on.</summary>
    public void Write(Span<byte> request, ulong first, ReadOnlySpan<byte> time)
    {
        _bytes.CopyTo(request);
        foreach (var slots in _events)
        {
            slots.Fill(request, first++, time);
        }
    }
}
