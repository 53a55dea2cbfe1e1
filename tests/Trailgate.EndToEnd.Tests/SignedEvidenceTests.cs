using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Trailgate.EndToEnd.Tests.Processes;

namespace Trailgate.EndToEnd.Tests;

/// <summary>Key, receipt, ledger and proof over real processes: what an operator and an auditor would do.</summary>
public sealed class SignedEvidenceTests : IDisposable
{
    private const string Event =
        """{"action":"codeengine.application.delete","outcome":"success","eventTime":"2026-11-22T05:54:00.123Z","logSourceCRN":"crn:v1:bluemix:public:codeengine:us-south:a/1:::"}""";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [LinuxFact]
    public async Task A_first_start_makes_a_key_of_its_user_and_what_it_signs_holds_by_its_public_half()
    {
        var (server, address) = await TrailgateProcess.ServeAsync(_folder);
        string id, receipt;
        await using (server)
        {
            (id, receipt) = await PostAsync(address);
            Assert.Equal(409, await StatusAsync(address, id));
            await TrailgateProcess.ArchiveAsync(_folder);
            Assert.Equal(200, await StatusAsync(address, id));
        }

        var keyFile = Path.Combine(_folder.Path, "config", "trailgate", "signing-key.pem");
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(keyFile));
        }

        var key = Assert.Single(await RunAsync(0, "key", "show"));
        Assert.Contains(server.Output.All, line => line.Contains(key, StringComparison.Ordinal));
        Assert.DoesNotContain("PRIVATE", server.Describe(), StringComparison.Ordinal);

        await RunAsync(0, "prove", id, "--data", _folder.Data, "--out", "event.proof.json");
        await RunAsync(0, "verify", "--proof", "event.proof.json", "--key", key);
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "answers.ndjson"), receipt);
        await RunAsync(0, "verify", "--receipts", "answers.ndjson", "--key", key, "--data", _folder.Data);
        await RunAsync(0, "verify", "--key", key, "--data", _folder.Data);
        await RunAsync(2, "verify", "--proof", "event.proof.json");

        var file = Path.Combine(_folder.Path, "event.proof.json");
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("\"success\"", "\"failure\"", StringComparison.Ordinal));
        await RunAsync(1, "verify", "--proof", "event.proof.json", "--key", key);
    }

    [LinuxFact]
    public async Task A_change_of_keys_leads_an_auditor_from_the_old_to_the_new_one()
    {
        await RunAsync(0, "key", "new");
        var old = Assert.Single(await RunAsync(0, "key", "show"));
        await ArchiveOneAsync();

        await RunAsync(0, "key", "rotate");
        var both = await RunAsync(0, "key", "show");
        Assert.Equal((2, old), (both.Length, both[1]));
        await ArchiveOneAsync();
        await RunAsync(0, "verify", "--key", old, "--data", _folder.Data);

        await RunAsync(0, "key", "rotate", "--end");
        await ArchiveOneAsync();
        Assert.Equal(both[0], Assert.Single(await RunAsync(0, "key", "show")));
        await RunAsync(1, "verify", "--key", old, "--data", _folder.Data);
        var change = Assert.Single(Directory.GetFiles(Path.Combine(_folder.Path, "config", "trailgate"), "key-change-*.note"));
        await RunAsync(0, "verify", "--key", old, "--key", change, "--data", _folder.Data);
    }

    [LinuxFact]
    public async Task Two_first_starts_at_once_agree_on_one_key()
    {
        var started = await Task.WhenAll(
            TrailgateProcess.ServeAsync(_folder), TrailgateProcess.ServeAsync(_folder), TrailgateProcess.ServeAsync(_folder));
        var lines = await Task.WhenAll(started.Select(server => server.Server.Output.FirstAsync(line => line.StartsWith("  signing  ", StringComparison.Ordinal))));
        foreach (var (server, _) in started)
        {
            await server.DisposeAsync();
        }

        Assert.Single(lines.Distinct());
    }

    private async Task ArchiveOneAsync()
    {
        var (server, address) = await TrailgateProcess.ServeAsync(_folder);
        await using (server)
        {
            await PostAsync(address);
        }

        await TrailgateProcess.ArchiveAsync(_folder);
    }

    private async Task<string[]> RunAsync(int expected, params string[] words)
    {
        var (exit, output, errors) = await TrailgateProcess.RunAsync(_folder.Path, [], words);
        Assert.True(exit == expected, $"{string.Join(' ', words)} ended with {exit}.\n{string.Join('\n', [.. output, .. errors])}");
        return output;
    }

    private static async Task<(string Id, string Answer)> PostAsync(Uri address)
    {
        using var client = new HttpClient { BaseAddress = address };
        client.DefaultRequestHeaders.Add("Prefer", "receipt");
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Event)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var answer = await client.PostAsync(new Uri("/api/events", UriKind.Relative), content);
        var text = await answer.Content.ReadAsStringAsync();
        using var json = JsonDocument.Parse(text);
        return (json.RootElement.GetProperty("results")[0].GetProperty("id").GetString()!, text);
    }

    private static async Task<int> StatusAsync(Uri address, string id)
    {
        using var client = new HttpClient { BaseAddress = address };
        using var answer = await client.GetAsync(new Uri($"/api/events/{id}?proof=true", UriKind.Relative));
        return (int)answer.StatusCode;
    }
}
