using System.Text;
using Microsoft.AspNetCore.Http;
using Trailgate.Alerts;
using Trailgate.Alerts.Channels;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Alerts.Channels;

/// <summary>The notifications endpoint of IBM Cloud Event Notifications, and IAM before it.</summary>
public sealed class IbmEventNotificationsChannelTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task A_notification_is_posted_with_a_token_of_IAM_and_IBMs_attributes()
    {
        await using var receiver = await StartAsync((_, _) => 202);
        using var channel = Channel(receiver);

        Assert.Equal(new SendResult.Delivered(202), await channel.Send(Told.One(), CancellationToken.None));

        var (token, notification) = (receiver.Requests.First(), receiver.Requests.Last());
        Assert.Equal("grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&apikey=the-api-key", Encoding.UTF8.GetString(token.Body));
        Assert.Equal("Bearer token-1", notification.Headers["authorization"]);
        var json = Told.Json(notification);
        Assert.Equal(
            ("1.0", "trailgate", "trailgate.alert", "b2fa7b87-0000:api", "CRITICAL", "Failed: codeengine.application.delete on shop by me@example.com in us-south"),
            (json.GetProperty("specversion").GetString(), json.GetProperty("source").GetString(), json.GetProperty("type").GetString(),
                json.GetProperty("ibmensourceid").GetString(), json.GetProperty("ibmenseverity").GetString(), json.GetProperty("ibmendefaultshort").GetString()));
        Assert.EndsWith($"https://trailgate.example/?event={Told.EventId}", json.GetProperty("ibmendefaultlong").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_used_until_five_minutes_before_its_end()
    {
        await using var receiver = await StartAsync((_, _) => 202);
        using var channel = Channel(receiver);

        await channel.Send(Told.One(), CancellationToken.None);
        _time.Advance(TimeSpan.FromMinutes(54));
        await channel.Send(Told.One(), CancellationToken.None);
        Assert.Equal(1, Tokens(receiver));
        _time.Advance(TimeSpan.FromMinutes(1));
        await channel.Send(Told.One(), CancellationToken.None);

        Assert.Equal(2, Tokens(receiver));
        Assert.Equal("Bearer token-2", receiver.Requests.Last().Headers["authorization"]);
    }

    [Fact]
    public async Task A_token_that_was_called_off_is_replaced_within_the_try()
    {
        await using var receiver = await StartAsync((token, _) => token == "Bearer token-1" ? 401 : 202);
        using var channel = Channel(receiver);
        Assert.Equal(401, Assert.IsType<SendResult.Failed>(await channel.Send(Told.One(), CancellationToken.None)).Status);

        Assert.Equal(new SendResult.Delivered(202), await channel.Send(Told.One(), CancellationToken.None));
    }

    [Fact]
    public async Task A_refusal_of_IAM_is_the_failure_and_names_no_key()
    {
        await using var receiver = await WebhookReceiver.StartAsync(async (context, _) =>
        {
            context.Response.StatusCode = 400;
            await context.Response.WriteAsync("Provided API key the-api-key could not be found.");
        });
        using var channel = Channel(receiver);

        var failed = Assert.IsType<SendResult.Failed>(await channel.Send(Told.One(), CancellationToken.None));

        Assert.Equal((400, "IAM: Provided API key [redacted] could not be found.", true), (failed.Status, failed.Error, failed.IsPermanent));
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task An_answer_that_repeats_the_token_is_kept_without_it()
    {
        await using var receiver = await WebhookReceiver.StartAsync(async (context, number) =>
        {
            context.Response.StatusCode = number == 1 ? 200 : 403;
            await context.Response.WriteAsync(number == 1 ? """{"access_token":"token-1","expires_in":3600}""" : "no rights for token-1");
        });
        using var channel = Channel(receiver);

        Assert.Equal("no rights for [redacted]", Assert.IsType<SendResult.Failed>(await channel.Send(Told.One(), CancellationToken.None)).Error);
    }

    [Fact]
    public async Task Hostile_text_is_within_64_KB_and_without_brackets_where_IBM_lays_it_out()
    {
        await using var receiver = await StartAsync((_, _) => 202);
        using var channel = Channel(receiver);
        foreach (var notification in new[] { Told.Hostile(HostileText.All), Told.Summary(HostileText.All), Told.Resolution(HostileText.All) })
        {
            await channel.Send(notification, CancellationToken.None);
        }

        foreach (var request in receiver.Requests.Where(request => request.Headers.ContainsKey("authorization")))
        {
            Assert.InRange(request.Body.Length, 1, 64 * 1024);
            foreach (var name in new[] { "ibmendefaultshort", "ibmendefaultlong" })
            {
                var text = Told.Json(request).GetProperty(name).GetString()!;
                Assert.DoesNotMatch("[<>]", text);
                Assert.True(HostileText.IsOneCleanLine(text));
            }
        }
    }

    private static int Tokens(WebhookReceiver receiver) => receiver.Requests.Count(request => !request.Headers.ContainsKey("authorization"));

    private static Task<WebhookReceiver> StartAsync(Func<string, int, int> status)
    {
        var tokens = 0;
        return WebhookReceiver.StartAsync(async (context, number) =>
        {
            if (context.Request.Headers.Authorization.ToString() is { Length: > 0 } token)
            {
                context.Response.StatusCode = status(token, number);
                return;
            }

            await context.Response.WriteAsync($$"""{"access_token":"token-{{++tokens}}","expires_in":3600,"token_type":"Bearer"}""");
        });
    }

    private AlertChannel Channel(WebhookReceiver receiver) => AlertChannel.Create(
        "ops",
        new ChannelOptions
        {
            Type = "ibm-event-notifications",
            Url = receiver.Url.OriginalString,
            TokenUrl = receiver.Url.OriginalString,
            ApiKey = "the-api-key",
            SourceId = "b2fa7b87-0000:api",
            Insecure = true,
        },
        Told.Page,
        _time);
}
