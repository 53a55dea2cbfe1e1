using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Trailgate.Alerts.Delivery;
using Trailgate.Hosting;
using Trailgate.Storage;
using Trailgate.Tests.Alerts.Channels;
using Trailgate.Tests.Ingest;

namespace Trailgate.Tests.Alerts.Delivery;

/// <summary>The routes about channels and dead letters, as clients of either host see them, with a receiver that refuses at first.</summary>
public sealed class ChannelsEndpointTests : IAsyncLifetime
{
    private const string Delete = """{"action":"codeengine.application.delete","outcome":"success","eventTime":"2026-11-22T05:54:00.12+0000","logSourceCRN":"crn:v1:bluemix:public:codeengine:us-south:a/0123456789abcdef0123456789abcdef:::"}""";

    private WebhookReceiver _receiver = null!; // xunit calls InitializeAsync before any test
    private IngestServer _server = null!; // as above

    public async Task InitializeAsync()
    {
        _receiver = await WebhookReceiver.StartAsync(static (context, number) =>
        {
            context.Response.StatusCode = number == 1 ? 400 : 204;
            return Task.CompletedTask;
        });
        _server = await IngestServer.StartAsync(
            [.. Channel("ops", _receiver.Url), .. Key("sender", "ingest"), .. Key("reader", "read"), .. Key("operator", "admin")]);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task A_dead_alert_is_sent_again_once_by_its_id()
    {
        var id = await DieAsync();

        var answer = await CallAsync("POST", $"/api/alerts/{id}/redeliver", "operator");
        Assert.Equal((200, "application/json", """{"redelivered":1}"""), answer);
        Assert.Equal("pending", await StateAsync(id));
        await PumpAsync();

        Assert.Equal("delivered", await StateAsync(id));
        Assert.Equal(2, _receiver.Requests.Count(request => request.Headers["webhook-id"].Contains(id, StringComparison.Ordinal)));
        AssertProblem(await CallAsync("POST", $"/api/alerts/{id}/redeliver", "operator"), 404, "no-dead-letter");
    }

    [Fact]
    public async Task All_dead_alerts_of_a_channel_are_sent_again_by_its_name()
    {
        var id = await DieAsync();

        Assert.Equal((200, "application/json", """{"redelivered":1}"""), await CallAsync("POST", "/api/channels/ops/redeliver", "operator"));
        Assert.Equal((200, "application/json", """{"redelivered":0}"""), await CallAsync("POST", "/api/channels/ops/redeliver", "operator"));
        await PumpAsync();

        Assert.Equal("delivered", await StateAsync(id));
    }

    [Fact]
    public async Task Channels_are_listed_with_their_state_and_without_their_addresses_and_secrets()
    {
        var states = _server.Services.GetRequiredService<ChannelStates>();
        var channel = _server.Services.GetRequiredService<AlertChannels>().Find("ops");
        Assert.Equal(
            (200, "application/json", """{"channels":[{"name":"ops","type":"webhook","state":"enabled"}]}"""), await CallAsync("GET", "/api/channels", "reader"));

        var disabled = await states.DisableAsync(channel, "Gone, it said.", CancellationToken.None);

        Assert.Equal(
            (200, "application/json", $$"""{"channels":[{"name":"ops","type":"webhook","state":"disabled","disabledAt":"{{disabled.DisabledAt}}","reason":"Gone, it said."}]}"""),
            await CallAsync("GET", "/api/channels", "reader"));
        Assert.Equal((200, "application/json", """{"wasDisabled":true}"""), await CallAsync("POST", "/api/channels/ops/enable", "operator"));
        Assert.Equal((200, "application/json", """{"wasDisabled":false}"""), await CallAsync("POST", "/api/channels/ops/enable", "operator"));
        Assert.Contains("\"enabled\"", (await CallAsync("GET", "/api/channels", "reader")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "/api/channels/unknown/enable", "no-such-channel")]
    [InlineData("POST", "/api/channels/unknown/redeliver", "no-such-channel")]
    [InlineData("POST", "/api/channels/..%2Fops/redeliver", "no-such-channel")]
    [InlineData("POST", "/api/alerts/00000000000000000000000000000009/redeliver", "no-dead-letter")]
    [InlineData("POST", "/api/alerts/..%2F..%2Fx/redeliver", "no-dead-letter")]
    public async Task What_is_not_there_is_404_with_a_problem_that_says_so(string method, string path, string code) =>
        AssertProblem(await CallAsync(method, path, "operator"), 404, code);

    [Theory]
    [InlineData("GET", "/api/channels", "reader")]
    [InlineData("POST", "/api/channels/ops/enable", "operator")]
    [InlineData("POST", "/api/channels/ops/redeliver", "operator")]
    [InlineData("POST", "/api/alerts/00000000000000000000000000000009/redeliver", "operator")]
    public async Task Only_a_key_with_the_scope_is_let_in(string method, string path, string allowed)
    {
        foreach (var key in (string[])["sender", "reader", "operator"])
        {
            var answer = await CallAsync(method, path, key);
            if (key == allowed)
            {
                Assert.True(answer.Status is 200 or 404, answer.Body);
            }
            else
            {
                AssertProblem(answer, 403, "scope-missing");
            }
        }

        AssertProblem(await CallAsync(method, path, key: null), 401, "key-missing");
    }

    [Theory]
    [InlineData("DELETE", "/api/channels")]
    [InlineData("GET", "/api/channels/ops/redeliver")]
    public async Task Other_methods_change_nothing(string method, string path) =>
        Assert.True((await CallAsync(method, path, "operator")).Status is 404 or 405);

    /// <summary>Sends a delete whose alert the receiver refuses for good. Returns the id of that alert.</summary>
    private async Task<string> DieAsync()
    {
        using var content = new StringContent(Delete, MediaTypeHeaderValue.Parse("application/json"));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/events", UriKind.Relative)) { Content = content };
        request.Headers.Add("x-functions-key", "sender");
        using var response = await _server.Client.SendAsync(request);
        Assert.Equal(202, (int)response.StatusCode);
        await PumpAsync();
        var listed = JsonDocument.Parse((await CallAsync("GET", "/api/alerts?rule=delete", "reader")).Body).RootElement.GetProperty("alerts")[0];
        Assert.Equal("dead", listed.GetProperty("state").GetString());
        return listed.GetProperty("id").GetString()!;
    }

    private async Task<string?> StateAsync(string id)
    {
        using var answer = JsonDocument.Parse((await CallAsync("GET", "/api/alerts?rule=delete", "reader")).Body);
        return answer.RootElement.GetProperty("alerts").EnumerateArray().Single(alert => alert.GetProperty("id").GetString() == id).GetProperty("state").GetString();
    }

    /// <summary>Handles what is visible, as the host's loop or trigger would.</summary>
    private async Task PumpAsync()
    {
        var queue = _server.Services.GetRequiredService<IMessageQueue>();
        while (await queue.ReceiveAsync(1, TimeSpan.FromMinutes(5), CancellationToken.None) is [var message])
        {
            await _server.Services.GetRequiredService<AlertDelivery>().HandleAsync(message.Body, CancellationToken.None);
            await queue.DeleteAsync(message, CancellationToken.None);
        }
    }

    private async Task<(int Status, string? Type, string Body)> CallAsync(string method, string path, string? key)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (key is not null)
        {
            request.Headers.Add("x-functions-key", key);
        }

        using var response = await _server.Client.SendAsync(request);
        return ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync());
    }

    private static void AssertProblem((int Status, string? Type, string Body) answer, int status, string code)
    {
        Assert.Equal((status, "application/problem+json"), (answer.Status, answer.Type));
        using var problem = JsonDocument.Parse(answer.Body);
        Assert.Equal($"urn:trailgate:problem:{code}", problem.RootElement.GetProperty("type").GetString());
        Assert.Equal(status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.RootElement.GetProperty("detail").GetString()!);
    }

    private static (string, string)[] Channel(string name, Uri url) =>
    [
        ($"Trailgate:Alerts:Channels:{name}:Type", "webhook"),
        ($"Trailgate:Alerts:Channels:{name}:Url", url.ToString()),
        ($"Trailgate:Alerts:Channels:{name}:Secret", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="),
        ($"Trailgate:Alerts:Channels:{name}:Insecure", "true"),
    ];

    // A key is named as it reads.
    private static (string, string)[] Key(string name, string scopes) =>
        [($"Trailgate:Keys:{name}:Hash", AccessKeys.HashOf(name)), ($"Trailgate:Keys:{name}:Scopes", scopes)];
}
