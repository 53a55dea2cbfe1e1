using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Trailgate.Alerts;
using Trailgate.Alerts.Channels;
using Trailgate.Alerts.Rules;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Alerts.Channels;

public sealed class WebhookChannelTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string OtherSecret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    private readonly ManualTimeProvider _time = new();
    private readonly Notification _alert = Make();

    [Fact]
    public async Task An_alert_arrives_as_a_signed_standard_webhook()
    {
        await using var receiver = await WebhookReceiver.StartAsync(200);
        using var channel = Channel(receiver.Url);

        var result = await channel.Send(_alert, CancellationToken.None);

        Assert.Equal(new SendResult.Delivered(200), result);
        var request = Assert.Single(receiver.Requests);
        Assert.Equal("POST", request.Method);
        Assert.Equal("application/json", request.Headers["content-type"]);
        Assert.Equal($"{_alert.Id}_ops", request.Headers["webhook-id"]);
        // 2026-11-22T06:00:00Z
        Assert.Equal("1795327200", request.Headers["webhook-timestamp"]);
        Assert.Equal(SignIndependently(Secret, request), request.Headers["webhook-signature"]);
        using var body = JsonDocument.Parse(request.Body);
        Assert.Equal("trailgate.alert", body.RootElement.GetProperty("type").GetString());
        Assert.Equal(_alert.OccurredAt, body.RootElement.GetProperty("timestamp").GetString());
        Assert.Equal(Encoding.UTF8.GetString(_alert.Json.Span), body.RootElement.GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task Each_try_has_the_same_id_and_body_and_a_new_time_and_signature()
    {
        await using var receiver = await WebhookReceiver.StartAsync(500, 200);
        using var channel = Channel(receiver.Url);

        Assert.IsType<SendResult.Failed>(await channel.Send(_alert, CancellationToken.None));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.IsType<SendResult.Delivered>(await channel.Send(_alert, CancellationToken.None));

        var (first, second) = (receiver.Requests.First(), receiver.Requests.Last());
        Assert.Equal(first.Headers["webhook-id"], second.Headers["webhook-id"]);
        Assert.Equal(first.Body, second.Body);
        Assert.Equal("1795327205", second.Headers["webhook-timestamp"]);
        Assert.Equal(SignIndependently(Secret, second), second.Headers["webhook-signature"]);
    }

    [Fact]
    public async Task While_a_secret_is_changed_a_receiver_with_either_is_content()
    {
        await using var receiver = await WebhookReceiver.StartAsync(200);
        using var channel = Channel(receiver.Url, $"{Secret} {OtherSecret}");

        await channel.Send(_alert, CancellationToken.None);

        var request = Assert.Single(receiver.Requests);
        Assert.Equal(
            [SignIndependently(Secret, request), SignIndependently(OtherSecret, request)],
            request.Headers["webhook-signature"].Split(' '));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_a_failure_and_is_not_followed(int status)
    {
        await using var receiver = await WebhookReceiver.StartAsync((context, _) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/elsewhere";
            return Task.CompletedTask;
        });
        using var channel = Channel(receiver.Url);

        var failed = Assert.IsType<SendResult.Failed>(await channel.Send(_alert, CancellationToken.None));

        Assert.Equal(status, failed.Status);
        Assert.Single(receiver.Requests);
    }

    [Theory]
    [InlineData(400, false, true)]
    [InlineData(401, false, true)]
    [InlineData(404, false, true)]
    [InlineData(413, false, true)]
    [InlineData(408, false, false)]
    [InlineData(425, false, false)]
    [InlineData(429, false, false)]
    [InlineData(410, true, true)]
    [InlineData(500, false, false)]
    [InlineData(503, false, false)]
    public async Task What_the_receiver_refuses_is_for_good_unless_it_is_a_matter_of_time_and_410_means_everything(int status, bool gone, bool permanent)
    {
        await using var receiver = await WebhookReceiver.StartAsync(status);
        using var channel = Channel(receiver.Url);

        var failed = Assert.IsType<SendResult.Failed>(await channel.Send(_alert, CancellationToken.None));

        Assert.Equal((status, gone, permanent), (failed.Status, failed.Gone, failed.IsPermanent));
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("Sun, 22 Nov 2026 06:10:00 GMT", 600)]
    public async Task A_receiver_may_ask_to_be_left_alone(string header, int seconds)
    {
        await using var receiver = await WebhookReceiver.StartAsync((context, _) =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = header;
            return Task.CompletedTask;
        });
        using var channel = Channel(receiver.Url);

        var failed = Assert.IsType<SendResult.Failed>(await channel.Send(_alert, CancellationToken.None));

        Assert.Equal(TimeSpan.FromSeconds(seconds), failed.RetryAfter);
    }

    [Fact]
    public async Task Of_an_answer_at_most_1000_characters_are_kept_and_no_address_or_secret()
    {
        await using var receiver = await WebhookReceiver.StartAsync(async (context, _) =>
        {
            context.Response.StatusCode = 500;
            await context.Response.WriteAsync($"no {context.Request.Path}{context.Request.QueryString} {Secret} {new string('ä', 100_000)}");
        });
        using var channel = Channel(receiver.Url);

        var failed = Assert.IsType<SendResult.Failed>(await channel.Send(_alert, CancellationToken.None));

        Assert.StartsWith("no [redacted] [redacted] ä", failed.Error, StringComparison.Ordinal);
        Assert.Equal(1000, failed.Error.Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_receiver_that_hangs_is_given_up_after_15_seconds(bool headersFirst)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var receiver = await WebhookReceiver.StartAsync(async (context, _) =>
        {
            if (headersFirst)
            {
                context.Response.StatusCode = 500;
                await context.Response.StartAsync();
            }

            reached.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        using var channel = Channel(receiver.Url);

        var sending = channel.Send(_alert, CancellationToken.None);
        await reached.Task;
        _time.Advance(TimeSpan.FromSeconds(14.9));
        Assert.False(sending.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        var failed = Assert.IsType<SendResult.Failed>(await sending);

        Assert.Null(failed.Status);
        Assert.Equal("No answer within 15 seconds.", failed.Error);
    }

    [Fact]
    public async Task Cancelling_is_no_failed_try()
    {
        using var stop = new CancellationTokenSource();
        await using var receiver = await WebhookReceiver.StartAsync(async (context, _) =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        using var channel = Channel(receiver.Url);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => channel.Send(_alert, stop.Token));
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_a_failure_that_names_no_address()
    {
        int port;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        using var channel = Channel(new Uri($"http://127.0.0.1:{port}/"));

        var failed = Assert.IsType<SendResult.Failed>(await channel.Send(_alert, CancellationToken.None));

        Assert.Equal("The connection failed: ConnectionRefused.", failed.Error);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task A_private_address_is_not_even_connected_to(string host)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var channel = AlertChannel.Create(
            "ops",
            new ChannelOptions { Type = "webhook", Url = $"https://{host}:{((IPEndPoint)listener.LocalEndpoint).Port}/", Secret = Secret },
            page: null,
            _time);

        var failed = Assert.IsType<SendResult.Failed>(await channel.Send(_alert, CancellationToken.None));

        Assert.Equal("The address is not public; Insecure permits it.", failed.Error);
        Assert.False(listener.Pending());
    }

    [Fact]
    public void Http_is_refused_unless_the_channel_is_insecure() => Assert.Throws<ArgumentException>(
        () => AlertChannel.Create("ops", new ChannelOptions { Type = "webhook", Url = "http://example.com/", Secret = Secret }, page: null, _time));

    private AlertChannel Channel(Uri url, string secret = Secret) =>
        AlertChannel.Create("ops", new ChannelOptions { Type = "webhook", Url = url.OriginalString, Secret = secret, Insecure = true }, page: null, _time);

    private static Notification Make()
    {
        var line = AlertWorld.Line(1);
        return Notification.OfAlert(Alert.OfEvent(AlertRule.Delete, AlertWorld.Parsed(line), line.Span, DateTimeOffset.UnixEpoch), thread: null);
    }

    /// <summary>As a receiver that follows the specification does it, without the product's code.</summary>
    private static string SignIndependently(string secret, WebhookReceiver.Received request)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"{request.Headers["webhook-id"]}.{request.Headers["webhook-timestamp"]}.");
        byte[] signed = [.. Encoding.UTF8.GetBytes(head), .. request.Body];
        return $"v1,{Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), signed))}";
    }
}
