namespace Trailgate.Benchmarks.Load;

/// <summary>What a request carries.</summary>
/// <param name="EventsPerRequest">1, or more as NDJSON.</param>
internal sealed record Scenario(int EventsPerRequest)
{
    public string Name => EventsPerRequest == 1 ? "1 event a request" : $"{EventsPerRequest} events a request";

    /// <summary>The requests of this scenario, in a fixed order; a connection starts anywhere and goes round.</summary>
    public RequestTemplate[] Requests(string host, IReadOnlyList<byte[]> deck) =>
        [.. deck.Chunk(EventsPerRequest).Where(chunk => chunk.Length == EventsPerRequest).Select(chunk => new RequestTemplate(host, chunk))];
}
