using System.Net;
using Trailgate.Hosting;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Ingest;

/// <summary>Senders that ask before they send, over real HTTP: what consents, what does not, and that nobody gets in by it.</summary>
public sealed class HandshakeTests
{
    private const string Key = "a-key-for-tests";
    private const string Code = "512d38b6-c7b8-40c8-89fe-f46f9e9622b6";

    private static readonly (string, string)[] Keyed =
        [("Trailgate:Keys:test:Hash", AccessKeys.HashOf(Key)), ("Trailgate:Keys:test:Scopes", "ingest")];

    [Theory]
    [InlineData("/api/events")]
    [InlineData("/api/events/azure")]
    public async Task A_permitted_origin_is_told_so_without_a_key(string path)
    {
        await using var server = await IngestServer.StartAsync([.. Keyed, ("Trailgate:Handshake:Origins", "other.example, eventgrid.azure.net")]);

        using var answer = await OptionsAsync(server, path, ("WebHook-Request-Origin", "EventGrid.Azure.net"), ("WebHook-Request-Rate", "120"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("eventgrid.azure.net", Header(answer, "WebHook-Allowed-Origin"));
        Assert.Equal("*", Header(answer, "WebHook-Allowed-Rate"));
        Assert.Contains("POST", answer.Content.Headers.Allow);
        Assert.Equal("", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_rate_that_is_told_is_the_setting_and_not_what_was_asked()
    {
        await using var server = await IngestServer.StartAsync(("Trailgate:Handshake:Origins", "*"), ("Trailgate:Handshake:Rate", "100"));

        using var answer = await OptionsAsync(server, "/api/events", ("WebHook-Request-Origin", "eventemitter.example.com"), ("WebHook-Request-Rate", "5000"));

        Assert.Equal(("*", "100"), (Header(answer, "WebHook-Allowed-Origin"), Header(answer, "WebHook-Allowed-Rate")));
    }

    [Theory]
    [InlineData("", "eventgrid.azure.net")]
    [InlineData("eventgrid.azure.net", "evil.example")]
    [InlineData("eventgrid.azure.net", "eventgrid.azure.net.evil.example")]
    [InlineData("eventgrid.azure.net", "*")]
    [InlineData("eventgrid.azure.net", "")]
    public async Task An_origin_that_is_not_permitted_gets_no_consent(string permitted, string asked)
    {
        await using var server = await IngestServer.StartAsync(("Trailgate:Handshake:Origins", permitted));

        using var answer = await OptionsAsync(server, "/api/events", ("WebHook-Request-Origin", asked));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Null(Header(answer, "WebHook-Allowed-Origin"));
        Assert.Null(Header(answer, "WebHook-Allowed-Rate"));
    }

    [Fact]
    public async Task Two_origins_at_once_get_no_consent()
    {
        await using var server = await IngestServer.StartAsync(("Trailgate:Handshake:Origins", "a.example,b.example"));

        using var answer = await OptionsAsync(server, "/api/events", ("WebHook-Request-Origin", "a.example"), ("WebHook-Request-Origin", "b.example"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task A_browser_that_asks_for_other_pages_gets_no_consent_of_any_kind()
    {
        await using var server = await IngestServer.StartAsync([.. Keyed, ("Trailgate:Handshake:Origins", "*")]);

        using var answer = await OptionsAsync(server, "/api/events", ("Origin", "https://page.example"), ("Access-Control-Request-Method", "POST"));

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        Assert.Null(Header(answer, "WebHook-Allowed-Origin"));
    }

    [Fact]
    public async Task Consent_does_not_let_a_delivery_in()
    {
        await using var server = await IngestServer.StartAsync([.. Keyed, ("Trailgate:Handshake:Origins", "*")]);

        using var answer = await PostAsync(server, Bodies.Event(), ("WebHook-Request-Origin", "eventgrid.azure.net"));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Empty(await server.TakeNewBatchesAsync());
    }

    [Theory]
    [InlineData("/api/events")]
    [InlineData("/api/events/azure")]
    public async Task A_validation_with_a_key_gets_its_code_with_200_and_stores_nothing(string path)
    {
        await using var server = await IngestServer.StartAsync(Keyed);

        using var answer = await PostAsync(server, Validation(Code), path, ("aeg-event-type", "SubscriptionValidation"), ("x-functions-key", Key));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal($$"""{"validationResponse":"{{Code}}"}""", await answer.Content.ReadAsStringAsync());
        Assert.Equal(0, await server.CountBlobsAsync());
    }

    [Fact]
    public async Task The_published_sample_is_answered_as_published()
    {
        if (Corpus.Envelope("eventgrid-subscription-validation.json") is not { } sample)
        {
            return; // a clone alone has the same shape above
        }

        await using var server = await IngestServer.StartAsync();

        using var answer = await PostAsync(server, sample, ("aeg-event-type", "SubscriptionValidation"));

        Assert.Equal($$"""{"validationResponse":"{{Code}}"}""", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_named_subscription_is_validated_without_a_key()
    {
        await using var server = await IngestServer.StartAsync([.. Keyed, ("Trailgate:Handshake:Subscriptions", "audit-prod")]);

        using var answer = await PostAsync(server, Validation(Code), ("aeg-event-type", "SubscriptionValidation"), ("aeg-subscription-name", "AUDIT-PROD"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(Code, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "audit-prod")]
    [InlineData("audit-prod", "audit-test")]
    [InlineData("audit-prod", "")]
    public async Task Any_other_subscription_needs_a_key(string named, string subscription)
    {
        await using var server = await IngestServer.StartAsync([.. Keyed, ("Trailgate:Handshake:Subscriptions", named)]);

        using var answer = await PostAsync(server, Validation(Code), ("aeg-event-type", "SubscriptionValidation"), ("aeg-subscription-name", subscription));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.DoesNotContain(Code, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_that_comes_under_the_name_of_a_validated_subscription_is_not_let_in()
    {
        await using var server = await IngestServer.StartAsync([.. Keyed, ("Trailgate:Handshake:Subscriptions", "audit-prod")]);

        using var asValidation = await PostAsync(server, Bodies.Event(), ("aeg-event-type", "SubscriptionValidation"), ("aeg-subscription-name", "audit-prod"));
        using var asNotification = await PostAsync(server, Bodies.Event(), ("aeg-event-type", "Notification"), ("aeg-subscription-name", "audit-prod"));

        Assert.Equal(HttpStatusCode.BadRequest, asValidation.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, asNotification.StatusCode);
        Assert.Equal(0, await server.CountBlobsAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("[1]")]
    [InlineData("[{\"eventType\":1}]")]
    [InlineData("[{\"eventType\":\"Microsoft.EventGrid.SubscriptionValidationEvent\"}]")]
    [InlineData("[{\"eventType\":\"Microsoft.EventGrid.SubscriptionValidationEvent\",\"data\":{}}]")]
    [InlineData("[{\"eventType\":\"Microsoft.EventGrid.SubscriptionValidationEvent\",\"data\":{\"validationCode\":7}}]")]
    [InlineData("[{\"eventType\":\"Microsoft.EventGrid.SubscriptionValidationEvent\",\"data\":{\"validationCode\":\"\"}}]")]
    [InlineData("[{\"eventType\":\"Microsoft.EventGrid.SubscriptionValidationEvent\",\"data\":{\"validationCode\":\"<script>hunter2\"}}]")]
    [InlineData("[{\"eventType\":\"Other\",\"data\":{\"validationCode\":\"hunter2\"}}]")]
    public async Task What_asks_for_no_validation_is_refused_and_not_repeated(string body)
    {
        await using var server = await IngestServer.StartAsync();

        using var answer = await PostAsync(server, body, ("aeg-event-type", "SubscriptionValidation"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Contains("urn:trailgate:problem:no-validation", text, StringComparison.Ordinal);
        Assert.DoesNotContain(BodyCase.Marker, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_validation_without_end_is_cut_off()
    {
        await using var server = await IngestServer.StartAsync();

        using var answer = await PostAsync(server, new string(' ', 70_000) + Validation(Code), ("aeg-event-type", "SubscriptionValidation"));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    private static string Validation(string code) => $$"""
        [{"id":"2d1781af-3a4c-4d7c-bd0c-e34b19da4e66","topic":"/subscriptions/x","subject":"","data":{"validationCode":"{{code}}","validationUrl":"https://rp-eastus2.eventgrid.azure.net:553/x"},
          "eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","eventTime":"2018-01-25T22:12:19.4556811Z","metadataVersion":"1","dataVersion":"1"}]
        """;

    private static Task<HttpResponseMessage> OptionsAsync(IngestServer server, string path, params (string Name, string Value)[] headers) =>
        SendAsync(server, new HttpRequestMessage(HttpMethod.Options, path), headers);

    private static Task<HttpResponseMessage> PostAsync(IngestServer server, string body, params (string Name, string Value)[] headers) =>
        PostAsync(server, body, "/api/events", headers);

    private static Task<HttpResponseMessage> PostAsync(IngestServer server, string body, string path, params (string Name, string Value)[] headers) =>
        SendAsync(server, new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, null, "application/json") }, headers);

    private static async Task<HttpResponseMessage> SendAsync(IngestServer server, HttpRequestMessage request, (string Name, string Value)[] headers)
    {
        using (request)
        {
            foreach (var (name, value) in headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            return await server.Client.SendAsync(request);
        }
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join('|', values) : null;
}
