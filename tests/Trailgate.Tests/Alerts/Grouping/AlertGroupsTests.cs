using System.Text.Json;
using Trailgate.Alerts;
using Trailgate.Alerts.Grouping;
using Trailgate.Storage;

namespace Trailgate.Tests.Alerts.Grouping;

public sealed class AlertGroupsTests
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task The_first_alert_of_a_group_goes_out_at_once_and_one_summary_tells_what_followed()
    {
        var world = new GroupWorld();
        var delivery = world.NewDelivery();

        await world.QueueAsync(GroupWorld.Line(1), GroupWorld.Line(2, time: "05:59:00.000"));
        await world.PumpAsync(delivery);
        await world.QueueAsync(GroupWorld.Line(3, time: "06:00:00.5"));
        await world.PumpAsync(delivery, TimeSpan.FromMinutes(4));
        Assert.Equal(["alert delete"], world.Words);

        await world.PumpAsync(delivery, TimeSpan.FromMinutes(1));
        Assert.Equal(["alert delete", "summary delete 2"], world.Words);
        using var summary = JsonDocument.Parse(world.Told[1].Json);
        Assert.Equal("2026-11-22T05:59:00.000Z", summary.RootElement.GetProperty("first"u8).GetString());
        Assert.Equal("2026-11-22T06:00:00.5Z", summary.RootElement.GetProperty("last"u8).GetString());
        Assert.Equal("warning", summary.RootElement.GetProperty("severity"u8).GetString());
        Assert.Equal("IBMid-1", summary.RootElement.GetProperty("group"u8).GetProperty("initiator.id"u8).GetString());
        Assert.Equal("p-1", summary.RootElement.GetProperty("group"u8).GetProperty("project"u8).GetString());
        Assert.Equal(2, summary.RootElement.GetProperty("samples"u8).GetArrayLength());
        Assert.Equal(world.Told[0].Thread, world.Told[1].Thread);
    }

    [Fact]
    public async Task While_a_storm_lasts_each_window_is_one_summary_and_after_a_quiet_one_the_next_alert_is_a_first_again()
    {
        var world = new GroupWorld();
        var delivery = world.NewDelivery();
        for (var i = 0; i < 3; i++)
        {
            await world.QueueAsync(GroupWorld.Line(2 * i), GroupWorld.Line(2 * i + 1));
            await world.PumpAsync(delivery);
            await world.PumpAsync(delivery, Window);
        }

        // The third summary opened a window in which nothing comes.
        await world.PumpAsync(delivery, Window);
        await world.QueueAsync(GroupWorld.Line(100));
        await world.PumpAsync(delivery);

        Assert.Equal(["alert delete", "summary delete 1", "summary delete 2", "summary delete 2", "alert delete"], world.Words);
        Assert.Equal(7, world.Sum);
    }

    [Fact]
    public async Task Each_initiator_project_and_rule_is_a_group_of_its_own()
    {
        var world = new GroupWorld();

        await world.QueueAsync(
            GroupWorld.Line(1), GroupWorld.Line(2, initiator: "IBMid-2"), GroupWorld.Line(3, project: "p-2"),
            GroupWorld.Line(4), GroupWorld.Line(5, outcome: "failure"));
        await world.PumpAsync(world.NewDelivery());

        // The fifth is a second delete of the first group, and the first failure.
        Assert.Equal(["alert delete", "alert delete", "alert delete", "alert failure"], world.Words);
        Assert.Equal([1L, 1, 1, 3], world.Groups().Select(group => group.Matches).Order());
    }

    [Fact]
    public async Task A_rule_says_what_it_groups_by_and_for_how_long()
    {
        var world = new GroupWorld("""{"rules":[{"name":"delete","group":{"by":["target.id"],"window":"00:01:00"}},{"name":"failure","group":{"window":"00:00:00"}}]}""");
        var delivery = world.NewDelivery();

        await world.QueueAsync(
            GroupWorld.Line(1), GroupWorld.Line(2, initiator: "IBMid-2"),
            GroupWorld.Line(3, kind: "read", outcome: "failure"), GroupWorld.Line(4, kind: "read", outcome: "failure"));
        await world.PumpAsync(delivery);
        Assert.Equal(3, world.Told.Count);

        await world.PumpAsync(delivery, TimeSpan.FromMinutes(1));
        Assert.Equal("summary delete 1", world.Words.Last());
        Assert.Equal(4, world.Sum);
    }

    [Fact]
    public async Task Nobody_is_told_below_the_threshold_and_all_who_made_it_are_told_at_once()
    {
        var world = new GroupWorld("""{"rules":[{"name":"delete","enabled":false},{"name":"failure","threshold":{"count":3,"within":"00:00:10"}}]}""");
        var delivery = world.NewDelivery();
        async Task FailAsync(int number, string time)
        {
            await world.QueueAsync(GroupWorld.Line(number, outcome: "failure", time: time));
            await world.PumpAsync(delivery);
        }

        await FailAsync(1, "06:00:00.000");
        await FailAsync(2, "06:00:10.000");
        await FailAsync(3, "06:00:10.001"); // the first is too old by now
        Assert.Empty(world.Told);

        await FailAsync(4, "06:00:05.000"); // late, and within ten seconds of the others
        Assert.Equal(["summary failure 3"], world.Words);

        await FailAsync(5, "06:00:11.000");
        await world.PumpAsync(delivery, Window);
        Assert.Equal(["summary failure 3", "summary failure 1"], world.Words);
        var group = Assert.Single(world.Groups());
        Assert.Equal((5, 4, 1), (group.Matches, group.Told, group.Lapsed));
    }

    [Fact]
    public async Task What_waits_for_an_end_is_told_when_none_came_and_not_when_one_did()
    {
        var world = new GroupWorld("""{"rules":[{"name":"unresolved","enabled":true}]}""");
        var delivery = world.NewDelivery();
        world.FindEnd = static (alert, _, _) => Task.FromResult(Encoding(alert).Contains("\"c-2\"", StringComparison.Ordinal));

        await world.QueueAsync(GroupWorld.Line(1, kind: "create", outcome: "pending"), GroupWorld.Line(2, kind: "create", outcome: "pending"));
        await world.PumpAsync(delivery);
        await world.PumpAsync(delivery, TimeSpan.FromMinutes(59));
        Assert.Empty(world.Told);

        await world.PumpAsync(delivery, TimeSpan.FromMinutes(1));
        Assert.Equal(["alert unresolved"], world.Words);
        Assert.Contains("\"c-1\"", System.Text.Encoding.UTF8.GetString(world.Told[0].Json.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_it_can_not_be_said_whether_an_end_came_nothing_is_told_and_nothing_is_lost()
    {
        var world = new GroupWorld("""{"rules":[{"name":"unresolved","enabled":true}]}""");
        var delivery = world.NewDelivery();
        world.FindEnd = static (_, _, _) => throw new StorageException("The test's store is away.");

        await world.QueueAsync(GroupWorld.Line(1, kind: "create", outcome: "pending"));
        await world.PumpAsync(delivery);
        await Assert.ThrowsAsync<StorageException>(() => world.PumpAsync(delivery, TimeSpan.FromHours(1)));
        Assert.Empty(world.Told);

        world.FindEnd = static (_, _, _) => Task.FromResult(false);
        await world.PumpAsync(delivery, TimeSpan.FromMinutes(5));
        Assert.Equal(["alert unresolved"], world.Words);
    }

    [Fact]
    public async Task A_message_that_comes_again_counts_nothing_again_even_long_after_its_group_forgot_it()
    {
        var world = new GroupWorld();
        var delivery = world.NewDelivery();
        await world.QueueAsync(GroupWorld.Line(0));
        var again = world.MemoryQueue.Bodies[0];
        for (var i = 1; i <= 2 * AlertGroups.MaxCounted; i++)
        {
            await world.QueueAsync(GroupWorld.Line(i));
        }

        await world.PumpAsync(delivery);
        var group = Assert.Single(world.Groups());
        Assert.True(group.Pruned);
        Assert.InRange(group.Counted.Count, 1, AlertGroups.MaxCounted + 1);

        await delivery.HandleAsync(again, CancellationToken.None);
        await world.PumpAsync(delivery, Window);

        Assert.Equal(2 * AlertGroups.MaxCounted + 1, world.Sum);
        Assert.Equal(world.Sum, Assert.Single(world.Groups()).Told);
    }

    [Fact]
    public async Task A_window_whose_end_was_lost_is_ended_by_the_next_alert()
    {
        var world = new GroupWorld();
        var delivery = world.NewDelivery();
        await world.QueueAsync(GroupWorld.Line(1), GroupWorld.Line(2));
        await world.PumpAsync(delivery);
        world.Time.Advance(TimeSpan.FromHours(1));
        var lost = Assert.Single(await world.Queue.ReceiveAsync(32, TimeSpan.FromMinutes(1), CancellationToken.None));
        await world.Queue.DeleteAsync(lost, CancellationToken.None);

        await world.QueueAsync(GroupWorld.Line(3));
        await world.PumpAsync(delivery);

        Assert.Equal(["alert delete", "summary delete 1"], world.Words);
        await world.PumpAsync(delivery, Window);
        Assert.Equal(3, world.Sum);
    }

    [Fact]
    public async Task Alerts_about_quarantined_items_are_grouped_and_other_alerts_of_the_pipeline_are_not()
    {
        var world = new GroupWorld();
        var delivery = world.NewDelivery();

        for (var i = 0; i < 3; i++)
        {
            await world.Dispatcher.RaiseAsync($"quarantined/{i}", "1 received item is no event.", CancellationToken.None);
            await world.Dispatcher.RaiseAsync($"archive: {i}", "The archive run failed.", CancellationToken.None);
        }

        await world.PumpAsync(delivery);
        Assert.Equal(4, world.Told.Count);
        await world.PumpAsync(delivery, Window);

        Assert.Equal("summary pipeline 2", world.Words.Last());
        Assert.Equal(6, world.Sum);
    }

    [Fact]
    public void Texts_that_are_no_state_are_said_to_be_none() =>
        Assert.Throws<InvalidDataException>(() => GroupState.Read("{\"schema\":2}"u8, new GroupId("delete", "0123456789abcdef")));

    private static string Encoding(Alert alert) => System.Text.Encoding.UTF8.GetString(alert.Json.Span);
}
