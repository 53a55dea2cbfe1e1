using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Trailgate.Archive;
using Trailgate.Cli;
using Trailgate.Hosting;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Cli;

public sealed class ServerTests : IDisposable
{
    private const string Event = """
        {"action":"codeengine.application.delete","outcome":"success","eventTime":"2026-11-22T05:54:00.12+0000",
         "logSourceCRN":"crn:v1:bluemix:public:codeengine:eu-de:a/0123456789abcdef0123456789abcdef:::"}
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_posted_is_found_archived_once_and_counted()
    {
        await using var server = Build();
        await server.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(server.Urls.First()) };

        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(client));
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(client));
        var before = await client.GetStringAsync(new Uri("/api/events?region=eu-de", UriKind.Relative));
        await server.Services.GetRequiredService<Archiver>().RunAsync(CancellationToken.None);
        var after = await client.GetStringAsync(new Uri("/api/events?region=eu-de", UriKind.Relative));
        using var stats = JsonDocument.Parse(await client.GetStringAsync(new Uri("/api/stats", UriKind.Relative)));

        Assert.Single(EventsIn(before));
        Assert.Equal(EventsIn(before), EventsIn(after));
        var segment = Assert.Single(Directory.EnumerateFiles(_folder.Path, "*.ndjson.gz", SearchOption.AllDirectories));
        Assert.Contains("/archive/region=eu-de/date=2026-11-22/hour=05/", segment, StringComparison.Ordinal);
        Assert.Equal(EventsIn(after)[0] + "\n", Inflate(segment));
        var total = stats.RootElement.GetProperty("total");
        Assert.Equal(
            (2, 1, 1, 0, true),
            (Count(total, "received"), Count(total, "archived"), Count(total, "duplicate"), Count(total, "inFlight"), total.GetProperty("balanced").GetBoolean()));
    }

    [Fact]
    public async Task A_stop_ends_before_Docker_kills_however_slowly_a_body_comes()
    {
        await using var server = Build();

        // Docker waits for ten seconds; the rest is for the last commit.
        Assert.InRange(server.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(9));
    }

    [Fact]
    public async Task A_probe_finds_the_server_ready_and_no_header_names_the_software()
    {
        await using var server = Build();
        await server.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(server.Urls.First()) };

        using var response = await client.GetAsync(new Uri("/health/ready", UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(response.Headers.Contains("Server"));
    }

    [Fact]
    public async Task A_request_in_flight_is_answered_when_the_server_stops()
    {
        await using var server = Build();
        await server.StartAsync();
        // The client begins with the body when the server asks for it: before that, nothing would be in flight.
        using var handler = new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) };
        using var client = new HttpClient(handler) { BaseAddress = new Uri(server.Urls.First()) };
        var body = new PausedContent(Event);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/events") { Content = body };
        request.Headers.ExpectContinue = true;
        var answer = client.SendAsync(request);
        await body.Begun;

        var stopped = server.StopAsync();
        body.Finish();

        Assert.Equal(HttpStatusCode.Accepted, (await answer).StatusCode);
        await stopped;
        Assert.Single(Directory.EnumerateFiles(Path.Combine(_folder.Path, "inbox"), "*.ndjson", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("http://0.0.0.0:0", "no access key")]
    [InlineData("http://*:0", "no access key")]
    [InlineData("http://127.0.0.1:0;http://192.0.2.1:0", "192.0.2.1")]
    [InlineData("https://127.0.0.1:0", "plain HTTP")]
    [InlineData("7071", "plain HTTP")]
    [InlineData("http://127.0.0.1:port", "no address")]
    [InlineData("http://localhost:0", "http://127.0.0.1:0")]
    public void An_address_that_may_not_be_served_is_refused_before_anything_listens(string urls, string named)
    {
        var refused = Assert.Throws<CommandFailedException>(() => Build(urls));

        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_key_every_address_may_be_served()
    {
        await using var server = Build("http://0.0.0.0:0", ("Trailgate:Keys:ci:Hash", AccessKeys.HashOf("k")), ("Trailgate:Keys:ci:Scopes", "read"));

        await server.StartAsync();

        Assert.NotEmpty(server.Urls);
    }

    [Fact]
    public void A_wrong_setting_stops_the_start() =>
        Assert.Contains(
            "Trailgate:Archive:Schedule",
            Assert.Throws<OptionsValidationException>(() => Build("http://127.0.0.1:0", ("Trailgate:Archive:Schedule", "often"))).Message,
            StringComparison.Ordinal);

    [Fact]
    public async Task An_address_in_use_ends_serve_with_2_and_one_sentence()
    {
        await using var first = Build();
        await first.StartAsync();
        using var error = new StringWriter();

        var exit = await CommandLine.RunAsync(["serve", "--urls", first.Urls.First(), "--data", _folder.Path], TextWriter.Null, error);

        Assert.Equal(2, exit);
        Assert.Contains("address already in use", error.ToString(), StringComparison.Ordinal);
        Assert.Single(error.ToString().TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("serve --urls http://127.0.0.1:0 --data")]
    [InlineData("archive --data")]
    public async Task A_data_directory_that_can_not_be_written_ends_with_2_and_its_name(string line)
    {
        var file = Path.Combine(_folder.Path, "file");
        await File.WriteAllTextAsync(file, "");
        using var error = new StringWriter();

        var exit = await CommandLine.RunAsync([.. line.Split(' '), file], TextWriter.Null, error);

        Assert.Equal(2, exit);
        Assert.Contains(file, error.ToString(), StringComparison.Ordinal);
        Assert.Single(error.ToString().TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task The_archive_command_archives_what_waits_and_says_so()
    {
        await using (var server = Build())
        {
            await server.StartAsync();
            using var client = new HttpClient { BaseAddress = new Uri(server.Urls.First()) };
            await PostAsync(client);
            await server.StopAsync();
        }

        using var output = new StringWriter();

        Assert.Equal(0, await CommandLine.RunAsync(["archive", "--data", _folder.Path], output, TextWriter.Null));
        Assert.StartsWith("Archived 1 event in 1 segment from 1 batch.", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_index_command_makes_the_index_and_says_what_it_did()
    {
        await using (var server = Build())
        {
            await server.StartAsync();
            using var client = new HttpClient { BaseAddress = new Uri(server.Urls.First()) };
            await PostAsync(client);
            await server.StopAsync();
        }

        using var output = new StringWriter();

        Assert.Equal(0, await CommandLine.RunAsync(["index", "--data", _folder.Path], output, TextWriter.Null));
        Assert.Equal(0, await CommandLine.RunAsync(["archive", "--data", _folder.Path], TextWriter.Null, TextWriter.Null));
        Assert.Equal(0, await CommandLine.RunAsync(["index", "--data", _folder.Path], output, TextWriter.Null));
        Assert.StartsWith("Nothing is archived." + Environment.NewLine + "Indexed 1 segment of 1 manifest and 1 region: 1 file, ", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_that_the_listener_reads_does_not_hide_the_others_that_are_wrong()
    {
        var all = Assert.Throws<AggregateException>(() => Build("http://127.0.0.1:0", ("Trailgate:Ingest:MaxBodyBytes", "16MiB"), ("Trailgate:Archive:NoteInterval", "1")));

        Assert.Equal(
            ["Trailgate:Archive:NoteInterval", "Trailgate:Ingest:MaxBodyBytes"],
            all.InnerExceptions.Cast<OptionsValidationException>().SelectMany(wrong => wrong.Failures).Select(failure => failure.Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    private WebApplication Build(string urls = "http://127.0.0.1:0", params (string Name, string? Value)[] settings)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(settings
            .Append(("Trailgate:Data", _folder.Path))
            .Append(("Logging:LogLevel:Default", "None"))
            .Select(setting => KeyValuePair.Create(setting.Item1, setting.Item2)));
        return Server.Build(configuration, urls);
    }

    private static async Task<HttpStatusCode> PostAsync(HttpClient client)
    {
        using var content = new StringContent(Event, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri("/api/events", UriKind.Relative), content);
        return response.StatusCode;
    }

    private static List<string> EventsIn(string answer)
    {
        using var document = JsonDocument.Parse(answer);
        return [.. document.RootElement.GetProperty("events").EnumerateArray().Select(element => element.GetRawText())];
    }

    private static int Count(JsonElement total, string name) => total.GetProperty(name).GetInt32();

    private static string Inflate(string path)
    {
        using var gzip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip);
        return reader.ReadToEnd();
    }

    /// <summary>A body whose second half waits for the test.</summary>
    private sealed class PausedContent : HttpContent
    {
        private readonly byte[] _body;
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public PausedContent(string body)
        {
            _body = Encoding.UTF8.GetBytes(body);
            Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue("application/json");
        }

        public Task Begun => _begun.Task;

        public void Finish() => _finish.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(_body.AsMemory(0, _body.Length / 2));
            await stream.FlushAsync();
            _begun.SetResult();
            await _finish.Task;
            await stream.WriteAsync(_body.AsMemory(_body.Length / 2));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _body.Length;
            return true;
        }
    }
}
