using System.Net;
using FsCheck;
using Trailgate.Tests.Storage;
using Trailgate.Tests.Support;
using Random = System.Random;

namespace Trailgate.Tests.Ingest;

public sealed class IngestProperties : IAsyncLifetime
{
    private static readonly (string? Type, string? Encoding)[] Labels =
    [
        ("application/json", null), ("application/x-ndjson", null), ("application/cloudevents+json", null), (null, null),
        ("application/json", "gzip"), ("application/jsonl", "x-gzip"), ("text/plain", null), ("application/json", "br"),
    ];

    private static readonly int[] Refusals = [202, 400, 413, 415, 422];

    private IngestServer _server = null!; // xunit calls InitializeAsync before any test

    public async Task InitializeAsync() => _server = await IngestServer.StartAsync(new MemoryBlobStore(), new MemoryMessageQueue(new ManualTimeProvider()));

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public void Random_bytes_are_never_the_servers_fault_whatever_their_label() => ForAllSeeds(150, random =>
    {
        var body = RandomBody(random);
        foreach (var (type, encoding) in Labels)
        {
            var wire = encoding is not null && random.Next(2) == 0 ? Damage(Bodies.Gzip(body), random) : body;

            var answer = Run(_server.PostAsync(wire, type, encoding, chunked: random.Next(2) == 0));

            Assert.Contains(answer.Status, Refusals);
        }
    });

    [Fact]
    public void A_body_gives_the_same_result_however_it_is_split_into_chunks() => ForAllSeeds(100, random =>
    {
        var body = Bodies.Utf8(string.Concat(Enumerable.Range(0, random.Next(1, 20)).Select(i => random.Next(4) switch
        {
            0 => "{\"outcome\":\"success\"}\n",
            1 => "{\"action\":\n",
            2 => Bodies.Event(more: ",\"message\":\"zażółć 🙂\"") + "\r\n",
            _ => Bodies.Event() + "\n",
        })));

        var whole = Run(_server.PostAsync(body, "application/x-ndjson"));
        var split = Run(_server.PostAsync(new Pieces(body, random), "application/x-ndjson", chunked: true));

        Assert.Equal(whole.Status, split.Status);
        Assert.Equal(Items(whole), Items(split));
    });

    private static void ForAllSeeds(int count, Action<Random> property) =>
        Prop.ForAll<int>(seed => property(new Random(seed))).Check(new Configuration { MaxNbOfTest = count, EndSize = int.MaxValue, QuietOnSuccess = true, Runner = Config.QuickThrowOnFailure.Runner });

    // FsCheck 2 knows no asynchronous properties.
    private static Answer Run(Task<Answer> answer) => answer.GetAwaiter().GetResult();

    // All but the status word: the second time an event is a duplicate.
    private static IEnumerable<string> Items(Answer answer) => answer.Results.Select(result =>
        result.GetProperty("index").GetRawText() + " "
        + (result.TryGetProperty("id", out var id) ? id.GetString() + " " + result.GetProperty("region").GetString() : result.GetProperty("reason").GetString()));

    private static byte[] RandomBody(Random random)
    {
        if (random.Next(4) == 0)
        {
            var noise = new byte[random.Next(0, 300)];
            random.NextBytes(noise);
            return noise;
        }

        return Damage(Bodies.Utf8(random.Next(3) switch
        {
            0 => Bodies.Event(more: ",\"requestData\":{\"a\":[1,-2e9,\"\\ud800\",null,true]}"),
            1 => Bodies.Array(2),
            _ => Bodies.Lines(2),
        }), random);
    }

    private static byte[] Damage(byte[] bytes, Random random)
    {
        var damaged = bytes[..(random.Next(3) == 0 ? random.Next(bytes.Length) : bytes.Length)];
        for (var i = random.Next(0, 4); i > 0 && damaged.Length > 0; i--)
        {
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
        }

        return damaged;
    }

    /// <summary>A body that leaves in pieces of random length, each flushed.</summary>
    private sealed class Pieces(byte[] body, Random random) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (int at = 0, count; at < body.Length; at += count)
            {
                count = Math.Min(random.Next(1, 200), body.Length - at);
                await stream.WriteAsync(body.AsMemory(at, count));
                await stream.FlushAsync();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
