using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Trailgate.EndToEnd.Tests.Processes;
using Trailgate.Tests.Azurite;

namespace Trailgate.EndToEnd.Tests.Azure;

/// <summary>The offline verifier, proofs and receipts over a storage account: intact, and after somebody was at it.</summary>
[Collection(AzuriteGroup.Name)]
public sealed class VerifyAzuriteTests : IDisposable
{
    private const string Events =
        """
        {"action":"codeengine.application.delete","outcome":"success","eventTime":"2026-11-22T05:54:00.123Z","logSourceCRN":"crn:v1:bluemix:public:codeengine:us-south:a/1:::"}
        {"action":"codeengine.application.create","outcome":"success","eventTime":"2026-11-22T05:55:00.123Z","logSourceCRN":"crn:v1:bluemix:public:codeengine:us-south:a/1:::"}
        {"action":"codeengine.project.create","outcome":"success","eventTime":"2026-11-22T05:56:00.123Z","logSourceCRN":"crn:v1:bluemix:public:codeengine:eu-de:a/1:::"}
        """;

    private readonly AzureFolder _folder;
    private readonly BlobContainerClient _archive;
    private readonly BlobContainerClient _ledger;

    public VerifyAzuriteTests(TestAzurite azurite)
    {
        var connection = azurite.TakeConnection();
        _folder = new AzureFolder(connection);
        var service = new BlobServiceClient(connection);
        (_archive, _ledger) = (service.GetBlobContainerClient("archive"), service.GetBlobContainerClient("ledger"));
    }

    public void Dispose() => _folder.Dispose();

    [LinuxFact]
    public async Task What_was_sent_is_proven_by_the_account_and_the_public_key_and_each_damage_is_found_at_its_place()
    {
        var (id, receipt) = await FillAsync();
        var key = Assert.Single(await RunAsync(0, "key", "show"));
        Assert.Contains("No finding", (await VerifyAsync(0, key))[^1], StringComparison.Ordinal);

        await RunAsync(0, ["prove", id, .. _folder.StoreArguments, "--out", "event.proof.json"]);
        await RunAsync(0, "verify", "--proof", "event.proof.json", "--key", key);
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "answers.ndjson"), receipt);
        await RunAsync(0, ["verify", "--receipts", "answers.ndjson", "--key", key, .. _folder.StoreArguments]);

        var segment = await FirstAsync(_archive, "region=us-south/date=");
        await using (await DamageAsync(_archive, segment, static bytes => bytes[..^1]))
        {
            await FindsAsync(key, "segment-cut", segment);
        }

        await using (await DamageAsync(_archive, segment, static bytes => [.. bytes, 0]))
        {
            await FindsAsync(key, "segment-trailing", segment);
        }

        await using (await DamageAsync(_archive, segment, static _ => null))
        {
            await FindsAsync(key, "segment-missing", segment);
            // Whether the receipts were kept can not be said without it.
            await RunAsync(2, ["verify", "--receipts", "answers.ndjson", "--key", key, .. _folder.StoreArguments]);
        }

        var manifest = await FirstAsync(_archive, "region=eu-de/manifests/");
        await using (await DamageAsync(_archive, manifest, static bytes => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace("\"duplicate\":0", "\"duplicate\":1", StringComparison.Ordinal))))
        {
            await FindsAsync(key, "manifest-changed", manifest);
        }

        var note = await FirstAsync(_ledger, "");
        await using (await DamageAsync(_ledger, note, static _ => null))
        {
            await FindsAsync(key, "note-missing", note);
        }

        await using (await DamageAsync(_archive, "region=us-south/stray.txt", static _ => "stray"u8.ToArray()))
        {
            await FindsAsync(key, "object-unlisted", "region=us-south/stray.txt");
        }

        await VerifyAsync(0, key);
    }

    /// <summary>Two runs, so that the first note has one behind it; an id and the answer with its receipt.</summary>
    private async Task<(string Id, string Receipt)> FillAsync()
    {
        var (server, address) = await TrailgateProcess.ServeAsync(_folder);
        await using (server)
        {
            using var client = new HttpClient { BaseAddress = address };
            client.DefaultRequestHeaders.Add("Prefer", "receipt");
            var first = await PostAsync(client, Events);
            await TrailgateProcess.ArchiveAsync(_folder);
            await PostAsync(client, Events.Replace("05:5", "06:5", StringComparison.Ordinal));
            await TrailgateProcess.ArchiveAsync(_folder);
            using var json = JsonDocument.Parse(first);
            return (json.RootElement.GetProperty("results")[0].GetProperty("id").GetString()!, first);
        }
    }

    private static async Task<string> PostAsync(HttpClient client, string events)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(events)) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-ndjson") } };
        using var answer = await client.PostAsync(new Uri("/api/events", UriKind.Relative), content);
        Assert.Equal(202, (int)answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task FindsAsync(string key, string code, string path)
    {
        var finding = Assert.Single(await VerifyAsync(1, key, "--json"), static line => line.Contains("\"type\":\"finding\"", StringComparison.Ordinal));
        using var json = JsonDocument.Parse(finding);
        Assert.Equal(code, json.RootElement.GetProperty("code").GetString());
        Assert.Contains(path, finding, StringComparison.Ordinal);
    }

    private Task<string[]> VerifyAsync(int expected, string key, params string[] more) =>
        RunAsync(expected, ["verify", "--key", key, .. _folder.StoreArguments, .. more]);

    private async Task<string[]> RunAsync(int expected, params string[] words)
    {
        var (exit, output, errors) = await TrailgateProcess.RunAsync(_folder.Path, [], words);
        Assert.True(exit == expected, $"{string.Join(' ', words)} ended with {exit}.\n{string.Join('\n', [.. output, .. errors])}");
        return output;
    }

    private static async Task<string> FirstAsync(BlobContainerClient container, string prefix)
    {
        await foreach (var blob in container.GetBlobsAsync(prefix: prefix))
        {
            return blob.Name;
        }

        throw new InvalidOperationException($"There is nothing under {container.Name}/{prefix}.");
    }

    /// <summary>Changes a blob, or takes it away; what this returns puts it back as it was.</summary>
    private static async Task<IAsyncDisposable> DamageAsync(BlobContainerClient container, string name, Func<byte[], byte[]?> change)
    {
        var blob = container.GetBlobClient(name);
        var before = await blob.ExistsAsync() ? (await blob.DownloadContentAsync()).Value.Content.ToArray() : null;
        await PutAsync(blob, change(before ?? []));
        return new Undo(() => PutAsync(blob, before));
    }

    private static Task PutAsync(BlobClient blob, byte[]? bytes) =>
        bytes is null ? blob.DeleteAsync() : blob.UploadAsync(BinaryData.FromBytes(bytes), new BlobUploadOptions());

    private sealed class Undo(Func<Task> undo) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await undo();
    }
}
