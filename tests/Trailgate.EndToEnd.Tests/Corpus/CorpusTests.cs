using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Trailgate.EndToEnd.Tests.Azure;
using Trailgate.EndToEnd.Tests.Evidence;
using Trailgate.EndToEnd.Tests.Processes;
using Trailgate.Tests.Azurite;

namespace Trailgate.EndToEnd.Tests.Corpus;

/// <summary>What a new user does: start the server, send real events in each way, archive them, and look with zcat.</summary>
public abstract partial class CorpusTests(TestFolder folder) : IDisposable
{
    // By hand: the place and the hour (UTC) that each file of Corpus/events tells about.
    private static readonly Dictionary<string, (string Region, string Hour)> Expected = new(StringComparer.Ordinal)
    {
        ["01-application-delete"] = ("eu-de", "2026-11-22T05"),
        ["02-zone-and-body-in-a-string"] = ("us-south", "2026-11-22T06"),
        ["03-data-centre-and-local-offset"] = ("us-south", "2026-11-22T05"),
        ["04-zone-abbreviation"] = ("jp-tok", "2026-07-31T16"),
        ["05-go-time-and-a-global-source-with-a-regional-target"] = ("br-sao", "2026-11-22T07"),
        ["06-epoch-milliseconds-and-a-global-source"] = ("global", "2026-11-22T06"),
        ["07-unpadded-month-and-no-prefix-in-the-crn"] = ("eu-gb", "2026-01-07T04"),
        ["08-bucket-location"] = ("au-syd", "2026-11-22T05"),
        ["09-unknown-place"] = ("unknown", "2026-11-22T05"),
        ["10-openstack-verb-first"] = ("unknown", "2026-11-22T21"),
        ["11-a-revision-of-the-first"] = ("eu-de", "2026-11-22T05"),
        ["12-the-second-in-another-order-and-spacing"] = ("us-south", "2026-11-22T06"),
        ["14-a-secret"] = ("eu-de", "2026-11-22T05"),
    };

    private readonly TestFolder _folder = folder;

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Every_event_sent_in_three_ways_is_archived_once_in_its_region_and_hour()
    {
        Assert.Equal(Expected.Keys.Append("13-no-action").Order(StringComparer.Ordinal), CorpusFile.Own.Select(file => file.Name));

        var ids = await SendInThreeWaysAsync(CorpusFile.Own);
        var archive = await ArchiveAndReadAsync();

        var places = archive.Lines.ToDictionary(line => line.Id, line => (line.Region, line.Hour));
        Assert.All(Expected, expected => Assert.Equal(expected.Value, places[ids[expected.Key]]));
        // Two files are the same event in another order of members; each came three times, alone and in two bodies.
        Assert.Equal(ids["02-zone-and-body-in-a-string"], ids["12-the-second-in-another-order-and-spacing"]);
        Assert.Equal(Expected.Count - 1, archive.Lines.Count);
        Assert.Equal(new Counts(Received: 3 * 14, Archived: 12, Duplicate: 3 * 13 - 12, Quarantined: 3), archive.Counts);
    }

    [Fact]
    public async Task What_was_secret_in_them_stands_nowhere()
    {
        const string Secret = "not-to-be-kept";
        Assert.Equal(2, CorpusFile.Own.Count(file => file.Text.Contains(Secret, StringComparison.Ordinal)));

        await SendInThreeWaysAsync(CorpusFile.Own);
        var before = await TextOfAllFilesAsync();
        await ArchiveAndReadAsync();
        var after = await TextOfAllFilesAsync();

        Assert.Contains("corpus-14", before, StringComparison.Ordinal);
        Assert.Contains("corpus-14", after, StringComparison.Ordinal);
        Assert.Contains("corpus-13", after, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, before, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, after, StringComparison.Ordinal);
    }

    [PublicCorpusFact]
    public async Task Every_public_sample_with_an_action_is_archived_once_where_it_says()
    {
        var ids = await SendInThreeWaysAsync(CorpusFile.Public);
        var archive = await ArchiveAndReadAsync();

        var places = archive.Lines.ToDictionary(line => line.Id, line => (line.Region, line.Hour));
        Assert.Equal(ids.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), places.Keys.Order(StringComparer.Ordinal));
        var plain = 0;
        foreach (var file in CorpusFile.Public.Where(file => file.HasAction))
        {
            // Those whose time and place need no interpretation.
            if (file.Member("eventTime") is { } time && UtcTime().IsMatch(time) && file.Member("logSourceCRN") is { } crn && PlainRegion().Match(crn) is { Success: true } region)
            {
                Assert.Equal((region.Groups["region"].Value, time[..13]), places[ids[file.Name]]);
                plain++;
            }
        }

        Assert.InRange(plain, 20, CorpusFile.Public.Count);
    }

    /// <summary>Alone, as one NDJSON body, and the same gzipped; returns the ids by file, which all three ways agree on.</summary>
    private async Task<Dictionary<string, string>> SendInThreeWaysAsync(IReadOnlyList<CorpusFile> files)
    {
        var (server, address) = await TrailgateProcess.ServeAsync(_folder);
        await using (server)
        {
            using var client = new HttpClient { BaseAddress = address };
            var ids = await SendAloneAsync(client, files);
            var body = Encoding.UTF8.GetBytes(string.Join('\n', files.Select(file => file.OnOneLine)));
            Assert.Equal(ids, await SendTogetherAsync(client, files, body, gzip: false));
            Assert.Equal(ids, await SendTogetherAsync(client, files, body, gzip: true));
            server.Terminate();
            Assert.Equal(0, await server.ExitAsync());
            return ids;
        }
    }

    private static async Task<Dictionary<string, string>> SendAloneAsync(HttpClient client, IReadOnlyList<CorpusFile> files)
    {
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            using var content = new StringContent(file.Text, Encoding.UTF8, "application/json");
            using var response = await client.PostAsync(new Uri("/api/events", UriKind.Relative), content);
            Assert.True(
                response.StatusCode == (file.HasAction ? HttpStatusCode.Accepted : HttpStatusCode.UnprocessableEntity),
                $"{file.Name} was answered with {response.StatusCode}.");
            using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
            var result = Assert.Single(answer.RootElement.GetProperty("results").EnumerateArray());
            if (file.HasAction)
            {
                ids.Add(file.Name, result.GetProperty("id").GetString()!);
            }
            else
            {
                Assert.Equal("quarantined", result.GetProperty("status").GetString());
            }
        }

        return ids;
    }

    private static async Task<Dictionary<string, string>> SendTogetherAsync(HttpClient client, IReadOnlyList<CorpusFile> files, byte[] body, bool gzip)
    {
        using var content = new ByteArrayContent(gzip ? Gzip(body) : body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        if (gzip)
        {
            content.Headers.ContentEncoding.Add("gzip");
        }

        using var response = await client.PostAsync(new Uri("/api/events", UriKind.Relative), content);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var root = answer.RootElement;
        var events = files.Count(file => file.HasAction);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        // All of them are durable since they were sent alone: the hint must be given for each.
        Assert.Equal(
            (0, events, files.Count - events),
            (root.GetProperty("accepted").GetInt32(), root.GetProperty("duplicates").GetInt32(), root.GetProperty("quarantined").GetInt32()));
        return root.GetProperty("results").EnumerateArray()
            .Where(result => result.TryGetProperty("id", out _))
            .ToDictionary(result => files[result.GetProperty("index").GetInt32()].Name, result => result.GetProperty("id").GetString()!);
    }

    private async Task<StoredArchive> ArchiveAndReadAsync()
    {
        await TrailgateProcess.ArchiveAsync(_folder);
        var evidence = await _folder.EvidenceAsync();
        var archive = StoredArchive.Read(evidence);
        var segments = Directory.GetFiles(Path.Combine(evidence, "archive"), "*.ndjson.gz", SearchOption.AllDirectories);
        Assert.Equal(archive.Lines.Select(line => line.Json).Order(StringComparer.Ordinal), (await Zcat.LinesAsync(segments)).Order(StringComparer.Ordinal));
        return archive;
    }

    private async Task<string> TextOfAllFilesAsync()
    {
        var files = Directory.GetFiles(await _folder.EvidenceAsync(), "*", SearchOption.AllDirectories).ToLookup(file => file.EndsWith(".gz", StringComparison.Ordinal));
        var text = new StringBuilder();
        foreach (var file in files[false])
        {
            text.Append(await File.ReadAllTextAsync(file, Encoding.Latin1));
        }

        return files[true].Any() ? text.AppendJoin('\n', await Zcat.LinesAsync(files[true])).ToString() : text.ToString();
    }

    private static byte[] Gzip(byte[] body)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            gzip.Write(body);
        }

        return compressed.ToArray();
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:?00)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UtcTime();

    [GeneratedRegex("^crn:v1:[^:]*:public:[^:]*:(?<region>us-south|us-east|eu-gb|au-syd):", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PlainRegion();
}

/// <summary>Over the file store.</summary>
public sealed class CorpusOnFilesTests() : CorpusTests(new TestFolder());

/// <summary>Over a storage account.</summary>
[Collection(AzuriteGroup.Name)]
public sealed class CorpusOnAzuriteTests(TestAzurite azurite) : CorpusTests(new AzureFolder(azurite.TakeConnection()));
