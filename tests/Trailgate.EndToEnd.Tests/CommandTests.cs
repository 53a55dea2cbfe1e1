using System.Net;
using System.Net.Http.Headers;
using Trailgate.EndToEnd.Tests.Evidence;
using Trailgate.EndToEnd.Tests.Load;
using Trailgate.EndToEnd.Tests.Processes;

namespace Trailgate.EndToEnd.Tests;

/// <summary>The command as a shell sees it: exit codes, standard output and standard error.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("serve --prot 80", "--prot")]
    [InlineData("archive --urls http://127.0.0.1:0", "--urls")]
    [InlineData("verfy", "verfy")]
    [InlineData("verify --data nowhere", "is not there")]
    [InlineData("access-key new sender --scopes write", "--scopes")]
    [InlineData("serve --urls https://127.0.0.1:0", "plain HTTP")]
    [InlineData("serve --urls http://0.0.0.0:0", "no access key is configured")]
    [InlineData("serve --urls http://192.0.2.1:7071", "no access key is configured")]
    [InlineData("serve --urls http://loopback:0", "no access key is configured")]
    [InlineData("serve --urls http://user@127.0.0.1:0", "no address to listen on")]
    [InlineData("serve --urls http://127.0.0.1:99999", "no address to listen on")]
    [InlineData("serve --urls http://127.0.0.1:0/events", "a path can not be chosen")]
    [InlineData("serve --urls ;", "no address to listen on")]
    [InlineData("serve --urls http://[::ffff:127.0.0.1]:0", "Use http://127.0.0.1:0.")]
    [InlineData("archive", "is not there")]
    [InlineData("index", "is not there")]
    public async Task What_can_not_be_done_ends_with_2_and_a_sentence_on_standard_error(string line, string named)
    {
        var (exit, output, errors) = await TrailgateProcess.RunAsync(_folder.Path, [], line.Split(' '));

        Assert.Equal(2, exit);
        Assert.Empty(output);
        Assert.Contains(errors, text => text.Contains(named, StringComparison.Ordinal));
        AssertNoStackTrace(errors);
        // It was refused before anything was made.
        Assert.False(Directory.Exists(_folder.Data));
    }

    [Fact]
    public async Task An_address_that_this_machine_does_not_have_ends_with_2_and_names_it()
    {
        const string Url = "http://192.0.2.1:7071"; // RFC 5737: nobody has it
        (string, string)[] key = [("Trailgate__Keys__ci__Hash", $"sha256:{new string('a', 64)}"), ("Trailgate__Keys__ci__Scopes", "read")];

        var (exit, _, errors) = await TrailgateProcess.RunAsync(_folder.Path, key, "serve", "--urls", Url, "--data", _folder.Data);

        Assert.Equal(2, exit);
        Assert.Contains(errors, text => text.Contains($"{Url} can not be listened on", StringComparison.Ordinal));
        AssertNoStackTrace(errors);
    }

    [Theory]
    [InlineData("serve --urls http://127.0.0.1:0")]
    [InlineData("archive")]
    public async Task Wrong_and_misspelt_settings_end_with_2_and_all_of_their_names(string line)
    {
        (string, string)[] settings =
        [
            ("Trailgate__Archive__Schedule", "often"), ("Trailgate__Archive__PlanBytes", "1"), ("Trailgate__Archive__Shedule", "0 * * * * *"),
        ];

        var (exit, _, errors) = await TrailgateProcess.RunAsync(_folder.Path, settings, line.Split(' '));

        Assert.Equal(2, exit);
        foreach (var name in (string[])["Trailgate:Archive:Schedule", "Trailgate:Archive:PlanBytes", "Trailgate:Archive:Shedule"])
        {
            Assert.Contains(errors, text => text.Contains(name, StringComparison.Ordinal));
        }

        AssertNoStackTrace(errors);
    }

    [Fact]
    public async Task An_address_in_use_ends_with_2_and_its_name()
    {
        var (server, address) = await TrailgateProcess.ServeAsync(_folder);
        await using var dispose = server;

        var (exit, _, errors) = await TrailgateProcess.RunAsync(
            _folder.Path, [], "serve", "--urls", address.GetLeftPart(UriPartial.Authority), "--data", _folder.Data);

        Assert.Equal(2, exit);
        Assert.Contains(address.Authority, Assert.Single(errors), StringComparison.Ordinal);
        await Post.AcceptedAsync(address, Post.Event("still there"));
    }

    [Fact]
    public async Task An_archive_run_with_nothing_to_do_ends_with_0()
    {
        Directory.CreateDirectory(_folder.Data);

        var (exit, output, errors) = await TrailgateProcess.RunAsync(_folder.Path, [], "archive", "--data", _folder.Data);

        Assert.Equal(0, exit);
        // The first run of a user tells the public half of the key that it made.
        Assert.Equal(2, output.Length);
        Assert.Matches(@"signing-key\.pem.* trailgate\+[0-9a-f]{8}\+", output[0]);
        Assert.Equal("Nothing waited in the inbox.", output[1]);
        Assert.Empty(errors);
    }

    [Fact]
    public async Task An_archive_run_that_finds_a_damaged_batch_archives_the_others_and_ends_with_1()
    {
        var (server, address) = await TrailgateProcess.ServeAsync(_folder);
        await using (server)
        {
            await Post.AcceptedAsync(address, Post.Event("first"));
            await Post.AcceptedAsync(address, Post.Event("second"));
            server.Terminate();
            await server.ExitAsync();
        }

        var batches = Directory.GetFiles(Path.Combine(_folder.Data, "inbox", "batches"), "*.ndjson", SearchOption.AllDirectories);
        var damaged = Assert.Single(batches, batch => File.ReadAllText(batch).Contains("\"second\"", StringComparison.Ordinal));
        await File.WriteAllTextAsync(damaged, (await File.ReadAllTextAsync(damaged)).Replace("\"second\"", "\"2econd\"", StringComparison.Ordinal));

        var (exit, output, errors) = await TrailgateProcess.RunAsync(_folder.Path, [], "archive", "--data", _folder.Data);

        Assert.Equal(1, exit);
        Assert.Contains(output, line => line.StartsWith("Archived 1 event in 1 segment", StringComparison.Ordinal));
        Assert.Contains(errors, line => line.StartsWith("1 batches can not be read", StringComparison.Ordinal));
        Assert.True(File.Exists(damaged));
        var segment = Assert.Single(Directory.GetFiles(Path.Combine(_folder.Data, "archive"), "*.ndjson.gz", SearchOption.AllDirectories));
        Assert.Contains("\"first\"", Assert.Single(await Corpus.Zcat.LinesAsync([segment])), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_of_a_plain_copy_ends_with_0_and_with_1_when_one_byte_was_added()
    {
        var (server, address) = await TrailgateProcess.ServeAsync(_folder);
        await using (server)
        {
            await Post.AcceptedAsync(address, Post.Event("first"));
            await Post.AcceptedAsync(address, Post.Event("second"));
            server.Terminate();
            await server.ExitAsync();
        }

        await TrailgateProcess.ArchiveAsync(_folder);
        var copy = Path.Combine(_folder.Path, "copy");
        foreach (var file in Directory.GetFiles(_folder.Data, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(_folder.Data, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        var (exit, output, errors) = await TrailgateProcess.RunAsync(_folder.Path, [], "verify", "--data", copy);
        Assert.Equal(0, exit);
        Assert.Empty(errors);
        Assert.StartsWith($"No finding in {copy}: 2 events in ", output[^1], StringComparison.Ordinal);

        var segment = Directory.GetFiles(Path.Combine(copy, "archive"), "*.ndjson.gz", SearchOption.AllDirectories)[0];
        await File.AppendAllTextAsync(segment, "x");
        (exit, output, errors) = await TrailgateProcess.RunAsync(_folder.Path, [], "verify", "--data", copy);
        Assert.Equal(1, exit);
        Assert.Empty(errors);
        Assert.StartsWith($"segment-trailing  {Path.GetRelativePath(copy, segment)} member 2 ", output[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_access_key_works_when_its_settings_are_pasted_as_printed()
    {
        var (exit, output, _) = await TrailgateProcess.RunAsync(_folder.Path, [], "access-key", "new", "sender", "--scopes", "ingest");
        Assert.Equal(0, exit);
        var lines = output.Select(line => line.Trim()).ToList();
        var key = Assert.Single(lines, line => line.StartsWith("trailgate_", StringComparison.Ordinal));
        var settings = lines.Where(line => line.StartsWith("Trailgate__", StringComparison.Ordinal)).Select(line => line.Split('=', 2)).Select(pair => (pair[0], pair[1])).ToArray();
        Assert.DoesNotContain(settings, setting => setting.Item2.Contains(key, StringComparison.Ordinal));

        var (server, address) = await TrailgateProcess.ServeAsync(_folder, settings);
        await using var dispose = server;

        Assert.Equal(HttpStatusCode.Accepted, await IngestAsync(address, ("x-functions-key", key)));
        Assert.Equal(HttpStatusCode.Accepted, await IngestAsync(address, ("Authorization", $"Bearer {key}")));
        Assert.Equal(HttpStatusCode.Unauthorized, await IngestAsync(address));
        Assert.Equal(HttpStatusCode.Unauthorized, await IngestAsync(address, ("x-functions-key", key + "x")));
        Assert.Equal(HttpStatusCode.Forbidden, await QueryAsync(address, key));
        Assert.DoesNotContain(server.Output.All, line => line.Contains(key, StringComparison.Ordinal));
        server.Terminate();
        await server.ExitAsync();
        await TrailgateProcess.ArchiveAsync(_folder);
        Assert.Equal(new Counts(Received: 2, Archived: 1, Duplicate: 1, Quarantined: 0), StoredArchive.Read(_folder.Data).Counts);
    }

    private static async Task<HttpStatusCode> IngestAsync(Uri address, params (string, string)[] headers)
    {
        using var response = await Post.JsonAsync(address, Post.Event("same"), headers);
        return response.StatusCode;
    }

    private static async Task<HttpStatusCode> QueryAsync(Uri address, string key)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await client.GetAsync(new Uri(address, "/api/events"));
        return response.StatusCode;
    }

    private static void AssertNoStackTrace(string[] errors) =>
        Assert.DoesNotContain(errors, line => line.TrimStart().StartsWith("at ", StringComparison.Ordinal) || line.Contains("Exception", StringComparison.Ordinal));
}
