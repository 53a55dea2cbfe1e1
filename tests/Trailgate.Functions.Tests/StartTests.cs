using System.Net;
using Microsoft.Extensions.Options;
using Trailgate.Functions.Tests.Host;
using Trailgate.Hosting;
using Trailgate.Signing;
using Trailgate.Storage;
using Trailgate.Tests.Ingest;
using Trailgate.Tests.Support;

namespace Trailgate.Functions.Tests;

/// <summary>Program.cs itself: when it starts, and why it does not.</summary>
public sealed class StartTests : IDisposable
{
    private const string Account = "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=AAAA;EndpointSuffix=core.windows.net";

    private static readonly (string, string)[] Keyed =
        [("Trailgate:Keys:test:Hash", AccessKeys.HashOf("k")), ("Trailgate:Keys:test:Scopes", "ingest")];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_starts_answers_and_ends()
    {
        await using var app = await FunctionsApp.StartAsync([("Trailgate:Data", _folder.Path)]);
        using var client = new HttpClient { BaseAddress = app.Url };

        Assert.Equal("""{"status":"live"}""", await client.GetStringAsync(new Uri("/health/live", UriKind.Relative)));
        await app.StopAsync();
    }

    [Fact]
    public async Task Without_a_key_it_does_not_start_in_production() =>
        Assert.Contains("access-key new", await FailureAsync(("AzureWebJobsStorage", Account)), StringComparison.Ordinal);

    [Fact]
    public async Task Without_an_account_it_does_not_start_in_production() =>
        Assert.Contains("AzureWebJobsStorage__accountName", await FailureAsync(Keyed), StringComparison.Ordinal);

    [Fact]
    public async Task Without_a_signing_key_it_does_not_start_in_production() =>
        Assert.Contains("trailgate key new", await SignedFailureAsync(null, [.. Keyed, ("AzureWebJobsStorage", Account)]), StringComparison.Ordinal);

    [Fact]
    public async Task A_signing_key_that_can_not_sign_stops_the_start() =>
        Assert.Contains("Trailgate:Signing:Key holds no private key", await SignedFailureAsync("none", [.. Keyed, ("AzureWebJobsStorage", Account)]), StringComparison.Ordinal);

    [Fact]
    public async Task An_account_beside_that_of_the_host_is_refused_because_no_trigger_reads_its_queue() =>
        Assert.Contains("Remove Trailgate:Connection", await FailureAsync([.. Keyed, ("AzureWebJobsStorage", Account), ("Trailgate:Connection", Account)]), StringComparison.Ordinal);

    [Fact]
    public async Task A_misspelt_setting_stops_the_start_by_its_name() =>
        Assert.Contains("Trailgate:Ingest:MaxEvents", await FailureAsync([.. Keyed, ("AzureWebJobsStorage", Account), ("Trailgate:Ingest:MaxEvent", "7")]), StringComparison.Ordinal);

    [Fact]
    public async Task A_value_that_can_not_be_read_stops_the_start_by_the_name_of_its_setting() =>
        Assert.StartsWith("Trailgate:Alerts:ArchiveLate is '5'; it must be a time span", await FailureAsync([.. Keyed, ("AzureWebJobsStorage", Account), ("Trailgate:Alerts:ArchiveLate", "5")]), StringComparison.Ordinal);

    [Fact]
    public async Task A_store_that_can_not_be_opened_stops_the_start_instead_of_the_first_request()
    {
        var file = _folder.Combine("a-file");
        await File.WriteAllTextAsync(file, "");

        var failure = await Assert.ThrowsAsync<StorageException>(() => FunctionsApp.StartAsync([("Trailgate:Data", file)]));

        Assert.Contains(file, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forged_host_does_not_open_an_app_with_keys()
    {
        await using var app = await FunctionsApp.StartAsync([.. Keyed, ("Trailgate:Data", _folder.Path)]);
        using var client = new HttpClient { BaseAddress = app.Url };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/events") { Headers = { { "X-Forwarded-Host", "localhost" }, { "X-Forwarded-For", "127.0.0.1" } } };

        using var answer = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_body_over_the_workers_own_limit_is_taken_where_the_setting_permits_it()
    {
        const int workersLimit = 30_000_000;
        await using var app = await FunctionsApp.StartAsync(
            [("Trailgate:Data", _folder.Path), ("Trailgate:Ingest:MaxBodyBytes", "40000000")]);
        using var client = new HttpClient { BaseAddress = app.Url };
        using var body = new ByteArrayContent(Bodies.Padded(Bodies.Event(), workersLimit + 1));

        using var answer = await client.PostAsync(new Uri("/api/events", UriKind.Relative), body);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    private static string NewKey()
    {
        using var key = SigningKey.Create("test");
        return key.ToPem();
    }

    private static Task<string> FailureAsync(params (string Name, string Value)[] settings) => SignedFailureAsync(NewKey(), settings);

    private static async Task<string> SignedFailureAsync(string? signingKey, params (string Name, string Value)[] settings)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => FunctionsApp.StartAsync([.. settings, ("Trailgate:Signing:Key", signingKey ?? "")], environment: "Production"));
        return string.Join('\n', failure.Failures);
    }
}
