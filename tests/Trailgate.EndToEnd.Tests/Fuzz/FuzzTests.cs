using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Trailgate.EndToEnd.Tests.Evidence;
using Trailgate.EndToEnd.Tests.Load;
using Trailgate.EndToEnd.Tests.Processes;
using Xunit.Abstractions;

namespace Trailgate.EndToEnd.Tests.Fuzz;

/// <summary>
/// Damaged bodies against a live server. More of it: <c>TRAILGATE_FUZZ=100000 dotnet test tests/Trailgate.EndToEnd.Tests --filter FuzzTests</c>;
/// <c>TRAILGATE_SEED</c> sends the bodies of a run again.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output) : IDisposable
{
    private const int Senders = 4;

    private readonly TestFolder _folder = new();
    private readonly ConcurrentDictionary<HttpStatusCode, int> _statuses = new();
    private readonly ConcurrentDictionary<string, bool> _ids = new(StringComparer.Ordinal);
    private long _kept;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Whatever_is_sent_is_answered_by_the_book_and_what_was_kept_is_in_the_archive_or_the_quarantine()
    {
        output.WriteLine($"Seed {LongRun.Seed}.");
        var (server, address) = await TrailgateProcess.ServeAsync(_folder, ("Trailgate__Archive__Schedule", "* * * * * *"));
        await using (server)
        {
            await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => SendAsync(address, sender)));
            server.Terminate();
            Assert.Equal(0, await server.ExitAsync());
            Assert.DoesNotContain(server.Output.All, line => line.Contains(" error: ", StringComparison.Ordinal));
            Assert.Empty(server.Errors.All);
        }

        await TrailgateProcess.ArchiveAsync(_folder);
        output.WriteLine($"{string.Join(", ", _statuses.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} x {(int)pair.Key}"))}; {_kept} items kept.");
        var archive = StoredArchive.Read(_folder.Data);
        Assert.Equal(_ids.Keys.Order(StringComparer.Ordinal), archive.Lines.Select(line => line.Id).Order(StringComparer.Ordinal));
        Assert.Equal(_kept, archive.Counts.Received);
        // Else the damage was too little or too much to tell.
        Assert.Contains(HttpStatusCode.Accepted, _statuses.Keys);
        Assert.Contains(HttpStatusCode.BadRequest, _statuses.Keys);
        Assert.NotEmpty(archive.Lines);
        Assert.NotEqual(0, archive.Quarantined);
    }

    private async Task SendAsync(Uri address, int sender)
    {
        var random = new Random(unchecked(LongRun.Seed + sender));
        var source = new EventSource($"f{sender}", random);
        using var client = new HttpClient { BaseAddress = address, Timeout = TrailgateProcess.Patience };
        for (var sent = sender; sent < LongRun.FuzzBodies; sent += Senders)
        {
            var body = FuzzBody.Make(random, source);
            using var content = new ByteArrayContent(body.Bytes);
            if (body.ContentType is { } type)
            {
                content.Headers.TryAddWithoutValidation("Content-Type", type);
            }

            if (body.ContentEncoding is { } encoding)
            {
                content.Headers.ContentEncoding.Add(encoding);
            }

            using var response = await client.PostAsync(new Uri("/api/events", UriKind.Relative), content);
            _statuses.AddOrUpdate(response.StatusCode, 1, (_, count) => count + 1);
            Check(response, await response.Content.ReadAsStringAsync());
        }
    }

    private void Check(HttpResponseMessage response, string text)
    {
        using var answer = JsonDocument.Parse(text);
        var root = answer.RootElement;
        Assert.Equal(response.IsSuccessStatusCode ? "application/json" : "application/problem+json", response.Content.Headers.ContentType?.MediaType);
        switch (response.StatusCode)
        {
            case HttpStatusCode.Accepted or HttpStatusCode.UnprocessableEntity:
                var (events, quarantined) = (root.GetProperty("accepted").GetInt32() + root.GetProperty("duplicates").GetInt32(), root.GetProperty("quarantined").GetInt32());
                Assert.Equal(response.IsSuccessStatusCode, events > 0 || quarantined == 0);
                Interlocked.Add(ref _kept, events + quarantined);
                foreach (var result in root.GetProperty("results").EnumerateArray().Where(result => result.TryGetProperty("id", out _)))
                {
                    _ids.TryAdd(result.GetProperty("id").GetString()!, true);
                }

                break;
            case HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnsupportedMediaType:
                Assert.Equal((int)response.StatusCode, root.GetProperty("status").GetInt32());
                Assert.NotEmpty(root.GetProperty("detail").GetString()!);
                break;
            default:
                Assert.Fail($"{(int)response.StatusCode}: {text}");
                break;
        }
    }
}
