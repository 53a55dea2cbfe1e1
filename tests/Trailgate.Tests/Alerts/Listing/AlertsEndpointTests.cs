using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Alerts;
using Trailgate.Alerts.Listing;
using Trailgate.Storage;
using Trailgate.Tests.Alerts.Grouping;

namespace Trailgate.Tests.Alerts.Listing;

public sealed class AlertsEndpointTests
{
    [Fact]
    public async Task Every_alert_is_listed_newest_first_with_its_state_its_group_and_its_deliveries()
    {
        var world = new GroupWorld();
        await world.QueueAsync(GroupWorld.Line(1), GroupWorld.Line(2));
        await world.PumpAsync(world.NewDelivery());
        world.Time.Advance(TimeSpan.FromSeconds(1));
        await world.QueueAsync(GroupWorld.Line(3));

        var answer = await GetAsync(world, "");

        var alerts = answer.GetProperty("alerts").EnumerateArray().ToList();
        Assert.Equal(["3 queued", "1 delivered", "2 grouped"], alerts.Select(Name));
        Assert.Equal("delivered", alerts[1].GetProperty("deliveries").GetProperty("ops").GetProperty("state").GetString());
        Assert.Equal(200, alerts[1].GetProperty("deliveries").GetProperty("ops").GetProperty("attempts")[0].GetProperty("status").GetInt32());
        Assert.False(alerts[2].TryGetProperty("deliveries", out _));
        var group = Assert.Single(answer.GetProperty("groups").EnumerateArray());
        Assert.Equal((2, 1, 1), (group.GetProperty("matches").GetInt32(), group.GetProperty("told").GetInt32(), group.GetProperty("counted").GetInt32()));
        Assert.Equal("IBMid-1", group.GetProperty("group").GetProperty("initiator.id").GetString());
        Assert.Equal("2026-11-22T06:05:00.000Z", group.GetProperty("windowEnds").GetString());
        Assert.False(answer.GetProperty("more").GetBoolean());
        Assert.Equal(["delete", "failure"], answer.GetProperty("rules").GetProperty("on").EnumerateArray().Select(rule => rule.GetString()));
    }

    [Fact]
    public async Task Pages_follow_one_another_without_a_gap_or_a_repetition()
    {
        var world = new GroupWorld();
        for (var i = 0; i < 5; i++)
        {
            await world.QueueAsync(GroupWorld.Line(3 * i), GroupWorld.Line(3 * i + 1), GroupWorld.Line(3 * i + 2));
            await world.Dispatcher.RaiseAsync($"archive: {i}", "It failed.", CancellationToken.None);
            world.Time.Advance(TimeSpan.FromHours(7));
        }

        var seen = new List<string>();
        for (string? next = ""; next is not null;)
        {
            var page = await GetAsync(world, $"?limit=4{next}");
            var alerts = page.GetProperty("alerts").EnumerateArray().ToList();
            Assert.InRange(alerts.Count, 1, 4);
            seen.AddRange(alerts.Select(alert => alert.GetProperty("id").GetString()!));
            next = page.TryGetProperty("next", out var place) ? $"&after={place.GetString()}" : null;
        }

        Assert.Equal(20, seen.Count);
        Assert.Equal(20, seen.Distinct().Count());
    }

    [Theory]
    [InlineData("?rule=failure", "3 queued")]
    [InlineData("?region=us-south&limit=1", "3 queued")]
    [InlineData("?region=eu-de", "")]
    [InlineData("?state=delivered", "1 delivered")]
    [InlineData("?from=2026-11-22T06:00:01Z", "3 queued")]
    [InlineData("?to=2026-11-22T06:00:01Z", "1 delivered,2 grouped")]
    [InlineData("?from=2027-01-01", "")]
    [InlineData("?from=0s", "3 queued")]
    [InlineData("?to=0s", "1 delivered,2 grouped")]
    [InlineData("?from=2H", "3 queued,1 delivered,2 grouped")]
    [InlineData("?to=7d", "")]
    [InlineData("?from=today", "3 queued,1 delivered,2 grouped")]
    [InlineData("?from=yesterday&to=today", "")]
    public async Task Filters_let_through_what_they_ask_for(string query, string expected)
    {
        var world = new GroupWorld();
        await world.QueueAsync(GroupWorld.Line(1), GroupWorld.Line(2));
        await world.PumpAsync(world.NewDelivery());
        world.Time.Advance(TimeSpan.FromSeconds(1));
        await world.QueueAsync(GroupWorld.Line(3, kind: "read", outcome: "failure"));

        var answer = await GetAsync(world, query);

        Assert.Equal(expected, string.Join(',', answer.GetProperty("alerts").EnumerateArray().Select(Name)));
    }

    [Fact]
    public async Task What_waits_for_an_end_is_listed_as_waiting_and_then_as_ended()
    {
        var world = new GroupWorld("""{"rules":[{"name":"unresolved","enabled":true}]}""") { FindEnd = static (_, _, _) => Task.FromResult(true) };
        var delivery = world.NewDelivery();
        await world.QueueAsync(GroupWorld.Line(1, kind: "create", outcome: "pending"));
        await world.PumpAsync(delivery);
        Assert.Equal(["1 waiting"], (await GetAsync(world, "")).GetProperty("alerts").EnumerateArray().Select(Name));

        await world.PumpAsync(delivery, TimeSpan.FromHours(1));
        Assert.Equal(["1 ended"], (await GetAsync(world, "")).GetProperty("alerts").EnumerateArray().Select(Name));
    }

    [Theory]
    [InlineData("?nothing=1", "A parameter is not known")]
    [InlineData("?state=sent", "'state' must be one of queued, waiting, ended, grouped, pending, delivered, dead.")]
    [InlineData("?limit=0", "'limit' must be a whole number from 1 to 1000.")]
    [InlineData("?from=soon", "'from' must be a time by RFC 3339")]
    [InlineData("?to=2x", "or counted from now: 30m, 2h, 7d, today, yesterday.")]
    [InlineData("?after=%20", "'after' must be what 'next' of the page before was.")]
    [InlineData("?after=AAAA", "'after' must be what 'next' of the page before was.")]
    [InlineData("?rule=a&rule=b", "Each parameter is given once")]
    public async Task A_parameter_that_is_wrong_is_refused(string query, string expected)
    {
        var context = await CallAsync(new GroupWorld(), query);

        Assert.Equal(400, context.Response.StatusCode);
        Assert.Contains(expected, JsonDocument.Parse(Body(context)).RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_a_store_is_away_the_others_are_listed_and_when_none_answers_there_is_no_answer()
    {
        var world = new GroupWorld();
        await world.QueueAsync(GroupWorld.Line(1));
        world.Memory.Before = static _ => throw new StorageException("The test's store is away.");

        await Assert.ThrowsAsync<StorageException>(() => GetAsync(world, ""));
    }

    /// <summary>Each time that it is sent again is a message of its own, whose tries begin at 1.</summary>
    [Theory]
    [InlineData("ops")]
    [InlineData("on-call-2")]
    public async Task What_was_sent_again_is_listed_with_all_its_tries_whether_they_helped_or_not(string channel)
    {
        var world = new GroupWorld();
        var channels = world.NewChannels(new FakeReceiver(400, 401, 200).Channel(channel));
        var delivery = world.NewDelivery(channels);
        await world.QueueAsync(GroupWorld.Line(1));
        await world.PumpAsync(delivery);
        Assert.Equal("dead: 1 400", await TriesAsync());

        foreach (var expected in new[] { "dead: 1 400, 2 401", "delivered: 1 400, 2 401, 3 200" })
        {
            world.Time.Advance(TimeSpan.FromMinutes(1));
            var id = (await GetAsync(world, "?rule=delete")).GetProperty("alerts")[0].GetProperty("id").GetString()!;
            Assert.Equal(1, await world.NewRedelivery(channels).OneAsync(id, CancellationToken.None));
            await world.PumpAsync(delivery);

            Assert.Equal(expected, await TriesAsync());
        }

        async Task<string> TriesAsync()
        {
            var told = (await GetAsync(world, "?rule=delete")).GetProperty("alerts")[0].GetProperty("deliveries").GetProperty(channel);
            var tries = told.GetProperty("attempts").EnumerateArray().Select(attempt => $"{attempt.GetProperty("number")} {attempt.GetProperty("status")}");
            return $"{told.GetProperty("state").GetString()}: {string.Join(", ", tries)}";
        }
    }

    internal static async Task<JsonElement> GetAsync(GroupWorld world, string query)
    {
        var context = await CallAsync(world, query);
        Assert.Equal(200, context.Response.StatusCode);
        return JsonDocument.Parse(Body(context)).RootElement;
    }

    private static async Task<DefaultHttpContext> CallAsync(GroupWorld world, string query)
    {
        var search = new AlertSearch(world.Stores, world.Rules, new AlertOptions(), world.Time, NullLogger<AlertSearch>.Instance);
        var context = new DefaultHttpContext { Response = { Body = new MemoryStream() } };
        context.Request.QueryString = new QueryString(query);
        await new AlertsEndpoint(search, world.Rules, world.Stores, world.Time).HandleAsync(context);
        return context;
    }

    private static string Body(DefaultHttpContext context) => Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray());

    // The number that made the event's id, and the state.
    private static string Name(JsonElement alert) =>
        $"{Convert.ToInt32(alert.GetProperty("event").GetProperty("id").GetString(), 16)} {alert.GetProperty("state").GetString()}";
}
