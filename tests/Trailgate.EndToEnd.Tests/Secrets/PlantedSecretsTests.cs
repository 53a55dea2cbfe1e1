using System.Net;
using System.Text;
using System.Text.Json;
using Trailgate.EndToEnd.Tests.Alerts;
using Trailgate.EndToEnd.Tests.Processes;
using Xunit.Abstractions;

namespace Trailgate.EndToEnd.Tests.Secrets;

/// <summary>
/// Secrets never land: hundreds of them are sent to a real server that logs all it can, and then everything is searched
/// that it wrote, answered, logged or sent on. <c>TRAILGATE_SEED</c> plants them as a run did.
/// </summary>
public sealed class PlantedSecretsTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TestFolder _folder = new();
    private readonly WebhookReceiver _receiver = new();
    private readonly Plants _plants = Plants.Make(LongRun.Seed);
    private readonly List<string> _leaks = [];
    private int _searched;
    private int _alerts;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _receiver.DisposeAsync();
        _folder.Dispose();
    }

    // Where nobody receives the alerts, their matches, messages and failed deliveries all lie in the store.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_planted_secret_is_in_any_blob_log_line_alert_or_answer(bool isReceived)
    {
        output.WriteLine($"Seed {LongRun.Seed}: {_plants.Count} secrets.");
        Assert.InRange(_plants.Count, 200, int.MaxValue);
        Assert.All(_plants.All, plant => Assert.NotNull(Leaks.Find(Encoding.UTF8.GetBytes(plant.Body)))); // else nothing could be found
        if (isReceived)
        {
            await _receiver.StartAsync();
        }

        var (server, address) = await TrailgateProcess.ServeAsync(_folder, Settings());
        await using (server)
        {
            using var client = new HttpClient { BaseAddress = address, Timeout = TrailgateProcess.Patience };
            await SendAsync(client);
            await AskWronglyAsync(client);
            SearchFiles("before the archive run");
            var ids = await LookAsync(client, "before the archive run");
            await TrailgateProcess.ArchiveAsync(_folder, Settings());
            Assert.Equal(ids, await LookAsync(client, "after the archive run"));
            if (isReceived)
            {
                await Eventually.HoldsAsync($"{_alerts} alerts arrive", Patience, () => Task.FromResult(_receiver.Calls.Length >= _alerts));
            }

            SearchFiles("at the end");
            server.Terminate();
            Assert.Equal(0, await server.ExitAsync());
            Search("the log", server.Describe());
        }

        Assert.All(_receiver.Calls, call => Search("an alert", Encoding.UTF8.GetString(call.Body)));
        output.WriteLine($"{_searched} files, answers and alerts searched; {_receiver.Calls.Length} alerts.");
        Assert.True(_leaks.Count == 0, $"{_leaks.Count} leaks:\n{string.Join('\n', _leaks.Take(50))}");
    }

    private async Task SendAsync(HttpClient client)
    {
        foreach (var plant in _plants.All)
        {
            using var content = new StringContent(plant.Body, Encoding.UTF8, plant.ContentType);
            using var response = await client.PostAsync(new Uri("/api/events", UriKind.Relative), content);
            var text = await response.Content.ReadAsStringAsync();
            Search($"the answer to {plant.Place}", text + response.Headers);
            using var answer = JsonDocument.Parse(text);
            Assert.True(response.StatusCode == (plant.Events > 0 ? HttpStatusCode.Accepted : HttpStatusCode.UnprocessableEntity), $"{plant.Place}: {text}");
            Assert.Equal(
                (plant.Place, plant.Events, plant.Items - plant.Events),
                (plant.Place, answer.RootElement.GetProperty("accepted").GetInt32(), answer.RootElement.GetProperty("quarantined").GetInt32()));
        }
    }

    // Requests that are refused must not be echoed either.
    private async Task AskWronglyAsync(HttpClient client)
    {
        const string Secret = "Pl4ntzzz";
        (string Type, string Body)[] refused =
        [
            ("application/json", $"{{\"password\":\"{Secret}\",}}"),
            ("application/json", $"{{\"{Secret}\":1"),
            ("text/xml", $"<password>{Secret}</password>"),
            ("application/json; charset=utf-16", $"{{\"password\":\"{Secret}\"}}"),
        ];
        foreach (var (type, body) in refused)
        {
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            content.Headers.TryAddWithoutValidation("Content-Type", type);
            using var response = await client.PostAsync(new Uri("/api/events", UriKind.Relative), content);
            Assert.InRange((int)response.StatusCode, 400, 499);
            Search($"the answer to a body of {type}", await response.Content.ReadAsStringAsync() + response.Headers);
        }
    }

    private async Task<List<string>> LookAsync(HttpClient client, string when)
    {
        var ids = new List<string>();
        using (var events = JsonDocument.Parse(await GetAsync(client, "/api/events?limit=1000", when)))
        {
            Assert.False(events.RootElement.GetProperty("more").GetBoolean());
            ids.AddRange(events.RootElement.GetProperty("events").EnumerateArray().Select(one => one.GetProperty("id").GetString()!));
            _alerts = events.RootElement.GetProperty("events").EnumerateArray()
                .Sum(one => (one.GetProperty("trailgate").GetProperty("kind").GetString() == "delete" ? 1 : 0) + (one.GetProperty("outcome").GetString() == "failure" ? 1 : 0));
        }

        Assert.Equal(_plants.All.Sum(plant => plant.Events), ids.Count);
        foreach (var id in ids)
        {
            await GetAsync(client, $"/api/events/{id}?full=true", when);
        }

        foreach (var path in new[] { "/api/events?format=ndjson&limit=1000", "/api/events?action=*.delete&limit=1000", "/api/stats" })
        {
            await GetAsync(client, path, when);
        }

        ids.Sort(StringComparer.Ordinal);
        return ids;
    }

    private async Task<string> GetAsync(HttpClient client, string path, string when)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {text}");
        Search($"GET {path} {when}", text);
        return text;
    }

    private void SearchFiles(string when)
    {
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(_folder.Data, file);
            folders.Add(name.Split(Path.DirectorySeparatorChar)[0]);
            Search($"the name of a file {when}", name);
            if (name.EndsWith(".lock", StringComparison.Ordinal))
            {
                // Opening a file that the server has locked at this moment fails; a lock says nothing but that it is there.
                Assert.Equal(0, new FileInfo(file).Length);
                continue;
            }

            try
            {
                Note($"{name} {when}", Leaks.Find(File.ReadAllBytes(file)));
            }
            catch (IOException) when (!File.Exists(file))
            {
                // A message that was taken from the queue meanwhile.
            }
        }

        Assert.Contains("alerts", folders);
        Assert.Contains(when.StartsWith("before", StringComparison.Ordinal) ? "inbox" : "quarantine", folders);
    }

    private void Search(string where, string text) => Note(where, Leaks.Find(text));

    private void Note(string where, string? leak)
    {
        _searched++;
        if (leak is not null)
        {
            _leaks.Add($"{where}: {leak}");
        }
    }

    private (string, string)[] Settings() =>
    [
        ("Trailgate__Alerts__Channels__ops__Type", "webhook"),
        ("Trailgate__Alerts__Channels__ops__Url", _receiver.Url),
        ("Trailgate__Alerts__Channels__ops__Secret", $"whsec_{Convert.ToBase64String(new byte[32])}"),
        ("Trailgate__Alerts__Channels__ops__Insecure", "true"),
        ("Trailgate__Alerts__GroupWindow", "00:00:00"),
        ("Trailgate__Redaction__HmacKey", "a key for pseudonyms"),
        ("Logging__LogLevel__Default", "Trace"),
        ("Logging__LogLevel__Microsoft.AspNetCore", "Trace"),
        ("Logging__LogLevel__Trailgate", "Trace"),
    ];
}
