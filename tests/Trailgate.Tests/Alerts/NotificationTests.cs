using System.Text;
using System.Text.Json;
using Trailgate.Alerts;
using Trailgate.Alerts.Rules;

namespace Trailgate.Tests.Alerts;

public sealed class NotificationTests
{
    private static readonly NotificationGroup Group = new(
        "group:0123", "delete", "critical", [new("initiator", "me@example.com"), new("project", "shop")]);

    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_alert_that_stands_for_itself_is_told_by_its_own_line_and_id()
    {
        var alert = AlertOf(1);

        var notification = Notification.OfAlert(alert, thread: null);

        Assert.Equal(
            (alert.Id, NotificationKind.Alert, "delete", "critical", alert.Id.ToString(), "2026-06-09T06:00:00.000Z"),
            (notification.Id, notification.Kind, notification.Rule, notification.Severity, notification.Thread, notification.OccurredAt));
        Assert.Equal(Encoding.UTF8.GetString(alert.Json.Span), Encoding.UTF8.GetString(notification.Json.Span));
    }

    [Fact]
    public void The_thread_of_an_alert_stands_in_its_line_and_leaves_its_id_alone()
    {
        var alert = AlertOf(1);

        var notification = Read(Notification.OfAlert(alert, "group:0123"));

        Assert.Equal((alert.Id, "group:0123"), (notification.Id, notification.Thread));
        Assert.Equal("group:0123", Json(notification).GetProperty("thread").GetString());
        Assert.Equal(alert.Id.ToString(), Json(notification).GetProperty("id").GetString());
    }

    [Fact]
    public void A_summary_says_whose_alerts_it_counts_and_shows_some()
    {
        var summary = Read(Notification.OfSummary(
            Group, "window 2", isMore: true, 48, "2026-11-22T11:50:00.000Z", "2026-11-22T11:59:30.000Z", [AlertOf(1), AlertOf(2)], Noon));

        Assert.Equal(
            (NotificationKind.Summary, "delete", "critical", "group:0123", "2026-11-22T11:59:30.000Z"),
            (summary.Kind, summary.Rule, summary.Severity, summary.Thread, summary.OccurredAt));
        var json = Json(summary);
        Assert.Equal("""{"initiator":"me@example.com","project":"shop"}""", json.GetProperty("group").GetRawText());
        Assert.Equal(48, json.GetProperty("count").GetInt64());
        Assert.True(json.GetProperty("more").GetBoolean());
        Assert.Equal("2026-11-22T11:50:00.000Z", json.GetProperty("first").GetString());
        Assert.Equal([AlertOf(1).Id.ToString(), AlertOf(2).Id.ToString()], json.GetProperty("samples").EnumerateArray().Select(sample => sample.GetProperty("id").GetString()));
    }

    [Fact]
    public void The_id_of_a_summary_follows_from_group_and_occasion_alone()
    {
        var first = Summary("window 1", 3, Noon);

        Assert.Equal(first.Id, Summary("window 1", 3, Noon.AddHours(1)).Id);
        Assert.NotEqual(first.Id, Summary("window 2", 3, Noon).Id);

        static Notification Summary(string occasion, int count, DateTimeOffset at) =>
            Notification.OfSummary(Group, occasion, isMore: true, count, "2026-11-22T11:50:00.000Z", "2026-11-22T11:59:30.000Z", [], at);
    }

    [Fact]
    public void However_long_its_samples_a_summary_stays_below_20_kilobytes()
    {
        var text = new string('x', 510);
        var long1 = Alert.OfPipeline(text, "critical", text, Noon);
        var parts = Enumerable.Range(0, 20).Select(number => new KeyValuePair<string, string>($"part{number}", new string('ä', 5_000)));

        var summary = Notification.OfSummary(
            Group with { Parts = [.. parts] }, "1", isMore: true, 1_000, "2026-11-22T11:50:00.000Z", "2026-11-22T11:59:30.000Z", [.. Enumerable.Repeat(long1, 100)], Noon);

        Assert.InRange(summary.Json.Length, 1, 20_000);
        Assert.Equal(Notification.MaxSamples, Json(summary).GetProperty("samples").GetArrayLength());
    }

    [Fact]
    public void A_resolution_names_what_it_ends_and_has_its_thread()
    {
        var raised = Notification.OfAlert(AlertOf(1), Group.Thread);

        var resolution = Read(Notification.OfResolution(Group, raised.Id, "Events come again.", Noon));

        Assert.Equal((NotificationKind.Resolution, raised.Thread, "2026-11-22T12:00:00.000Z"), (resolution.Kind, resolution.Thread, resolution.OccurredAt));
        Assert.NotEqual(raised.Id, resolution.Id);
        Assert.Equal(raised.Id.ToString(), Json(resolution).GetProperty("resolves").GetString());
        Assert.Equal("Events come again.", Json(resolution).GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("\"")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public void A_thread_that_needs_escapes_or_is_too_long_is_refused(string thread) =>
        Assert.Throws<ArgumentException>(() => Notification.OfAlert(AlertOf(1), thread));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"schema":1}""")]
    [InlineData("""{"schema":2,"id":"00000000000000000000000000000001","rule":"delete","severity":"normal","raisedAt":"2026-11-22T12:00:00.000Z"}""")]
    [InlineData("""{"schema":1,"id":"1","rule":"delete","severity":"normal","raisedAt":"2026-11-22T12:00:00.000Z"}""")]
    [InlineData("""{"schema":1,"id":"00000000000000000000000000000001","kind":"song","rule":"delete","severity":"normal","raisedAt":"2026-11-22T12:00:00.000Z"}""")]
    [InlineData("""{"schema":1,"id":"00000000000000000000000000000001","rule":"delete","severity":"normal","raisedAt":"2026-11-22T12:00:00.000Z","thread":"a b"}""")]
    public void What_is_no_notification_is_not_read(string line) => Assert.Null(Notification.Read(Encoding.UTF8.GetBytes(line)));

    private static Notification Read(Notification made) => Notification.Read(made.Json) ?? throw new InvalidDataException(made.ToString());

    private static JsonElement Json(Notification notification) => JsonDocument.Parse(notification.Json).RootElement;

    private static Alert AlertOf(int number)
    {
        var line = AlertWorld.Line(number);
        return Alert.OfEvent(AlertRule.Delete, AlertWorld.Parsed(line), line.Span, DateTimeOffset.UnixEpoch);
    }
}
