using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Trailgate.Archive;
using Trailgate.Query;
using Trailgate.Storage;
using static Trailgate.Tests.Query.QueryStore;

namespace Trailgate.Tests.Query;

public sealed class ProofEndpointTests
{
    private readonly QueryStore _store = new();

    [Fact]
    public async Task An_archived_event_is_answered_by_its_proof_as_a_file()
    {
        await _store.ArchiveAsync(Event(1, "05:00:00"), Event(2, "05:01:00"));

        var answer = await AskAsync(Id(2), "?proof=true");

        Assert.Equal((200, "application/json"), (answer.StatusCode, answer.ContentType));
        Assert.Equal($"attachment; filename=\"{Id(2)}.proof.json\"", answer.Headers.ContentDisposition);
        Assert.True(EventProof.TryRead(BodyOf(answer), out var proof));
        Assert.Equal(Event(2, "05:01:00"), Encoding.UTF8.GetString(proof.Event.Span));
    }

    [Fact]
    public async Task An_event_in_the_inbox_is_answered_409_with_when_to_come_again()
    {
        await _store.BatchAsync(Event(1, "05:00:00"));

        var answer = await AskAsync(Id(1), "?proof=true");

        Assert.Equal((409, "application/problem+json"), (answer.StatusCode, answer.ContentType));
        Assert.Contains("not-archived-yet", Encoding.UTF8.GetString(BodyOf(answer)), StringComparison.Ordinal);
        // A run every fifth minute, and some seconds for it.
        var next = TimeSpan.FromMinutes(5).TotalSeconds - _store.Time.GetUtcNow().TimeOfDay.TotalSeconds % 300;
        Assert.Equal((int)(next + 5), int.Parse(answer.Headers.RetryAfter.ToString(), null));
    }

    [Theory]
    [InlineData("00000000000000000000000000000009", "?proof=true", 404)]
    [InlineData("nonsense", "?proof=true", 400)]
    [InlineData("00000000000000000000000000000001", "?proof=yes", 400)]
    [InlineData("00000000000000000000000000000001", "?proof=true&full=false", 400)]
    [InlineData("00000000000000000000000000000001", "?proof=true&proof=true", 400)]
    public async Task What_can_not_be_proven_or_understood_is_a_problem(string id, string query, int status)
    {
        await _store.ArchiveAsync(Event(1, "05:00:00"));

        Assert.Equal(status, (await AskAsync(id, query)).StatusCode);
    }

    [Fact]
    public async Task A_limited_event_comes_with_the_whole_of_it_when_that_is_kept()
    {
        const string path = "overflow/ab/abcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcd.json.gz";
        await _store.ArchiveAsync(Event(1, "05:00:00", more: $$""","limited":[{"field":"responseData","bytes":20480,"overflow":"{{path}}"}]"""));

        Assert.True(EventProof.TryRead(BodyOf(await AskAsync(Id(1), "?proof=true")), out var without));
        Assert.Null(without.Overflow);

        var zipped = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(zipped, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes("""{"the":"whole"}"""));
        }

        await _store.Blobs.PutAsync(new BlobName(Containers.Archive, path), zipped.ToArray(), CancellationToken.None);
        Assert.True(EventProof.TryRead(BodyOf(await AskAsync(Id(1), "?proof=true")), out var with));
        Assert.Equal("""{"the":"whole"}""", Encoding.UTF8.GetString(with.Overflow!.Value.Span));
    }

    private async Task<HttpResponse> AskAsync(string id, string query)
    {
        var context = new DefaultHttpContext { Request = { QueryString = new QueryString(query) }, Response = { Body = new MemoryStream() } };
        var endpoint = new ProofEndpoint(new EventProver(new EventLookup(_store.NewReaders())), Options.Create(new ArchiveOptions()), _store.Time);
        await endpoint.HandleAsync(context, id);
        return context.Response;
    }

    private static byte[] BodyOf(HttpResponse response) => ((MemoryStream)response.Body).ToArray();
}
