using System.Text;
using Trailgate.Archive;
using Trailgate.Query.Stories;
using static Trailgate.Tests.Query.QueryStore;

namespace Trailgate.Tests.Query.Stories;

public sealed class StorySearchTests
{
    private readonly QueryStore _store = new();

    private StorySearch Stories => new(_store.Search);

    [Fact]
    public async Task The_steps_of_all_regions_come_in_the_order_of_time_whatever_was_archived()
    {
        await _store.ArchiveAsync(Event(3, "05:02:00", "eu-de", correlation: "c-1"), Event(9, "05:01:00", correlation: "c-2"));
        await _store.BatchAsync(Event(1, "05:03:00", correlation: "c-1"), Event(2, "05:01:00", correlation: "c-1"), Event(3, "05:02:00", "eu-de", correlation: "c-1"));

        var story = await FindAsync("c-1");

        Assert.Equal([2, 3, 1], story.Steps.Select(step => Number(step.Line)));
        Assert.Equal(["eu-de", "us-south"], story.Regions.Select(region => region.Name));
        Assert.Equal(("2026-11-22T05:01:00.000Z", "2026-11-22T05:03:00.000Z"), (story.From.ToString(), story.To.ToString()));
        Assert.False(story.More);
    }

    [Theory]
    [InlineData("pending", "success", false)]
    [InlineData("pending", "failure", false)]
    [InlineData("unknown", "success", false)]
    [InlineData("pending", "pending", true)]
    [InlineData("pending", null, true)]
    public async Task An_attempt_is_unresolved_until_a_later_step_of_the_same_action_and_target_tells_an_end(string attempt, string? end, bool unresolved)
    {
        await _store.BatchAsync(Event(1, "05:00:00", outcome: attempt, correlation: "c"));
        await _store.BatchAsync(Event(2, "05:01:00", action: "codeengine.app.read", correlation: "c"), Event(3, "05:01:00", target: "other", correlation: "c"));
        if (end is not null)
        {
            await _store.BatchAsync(Event(4, "05:02:00", outcome: end, correlation: "c"));
        }

        var story = await FindAsync("c");

        Assert.Equal(unresolved, story.Steps[0].IsUnresolved);
        Assert.Equal(end == "pending" ? [1, 4] : unresolved ? [1] : Array.Empty<int>(), story.Steps.Where(step => step.IsUnresolved).Select(step => Number(step.Line)));
    }

    [Fact]
    public async Task An_end_of_the_same_moment_resolves_and_an_earlier_one_does_not()
    {
        await _store.BatchAsync(Event(1, "05:00:00", correlation: "a"), Event(2, "05:00:00", outcome: "pending", correlation: "a"));
        await _store.BatchAsync(Event(3, "05:00:00", correlation: "b"), Event(4, "05:00:01", outcome: "pending", correlation: "b"));

        Assert.DoesNotContain((await FindAsync("a")).Steps, step => step.IsUnresolved);
        Assert.Equal(4, Number(Assert.Single((await FindAsync("b")).Steps, step => step.IsUnresolved).Line));
    }

    [Fact]
    public async Task Beside_it_stands_what_the_same_initiator_did_ten_minutes_before_and_after()
    {
        await _store.BatchAsync(
            By("ana", 1, "05:20:00", "c"), By("ana", 2, "05:22:00", "c"),
            By("ana", 3, "05:09:59", "x"), By("ana", 4, "05:10:00", "x"), By("ana", 5, "05:19:59", "y"), By("ANA", 6, "05:19:00", "x"), By("bo", 7, "05:19:00", "x"),
            By("ana", 8, "05:21:00", "x"), By("ana", 9, "05:22:00", "x"), By("ana", 10, "05:31:59", "x"), By("ana", 11, "05:32:00", "x"));

        var story = await FindAsync("c");

        Assert.Equal([4, 5], story.Before.Select(Number));
        Assert.Equal([9, 10], story.After.Select(Number));
    }

    [Fact]
    public async Task A_long_story_says_that_there_is_more_and_when_it_ended()
    {
        await _store.BatchAsync([.. Enumerable.Range(0, 1_200).Select(number => Event(number, $"05:{number / 60:D2}:{number % 60:D2}", correlation: "c"))]);

        var story = await FindAsync("c");

        Assert.Equal(StorySearch.MaxSteps, story.Steps.Count);
        Assert.True(story.More);
        Assert.Equal("2026-11-22T05:19:59.000Z", story.To.ToString());
    }

    [Fact]
    public async Task No_more_than_a_hundred_events_stand_before_it_and_they_are_the_nearest()
    {
        await _store.BatchAsync([By("ana", 999, "05:10:00", "c"), .. Enumerable.Range(0, 150).Select(number => By("ana", number, $"05:0{number / 60 + 5}:{number % 60:D2}", "x"))]);

        var story = await FindAsync("c");

        Assert.Equal(Enumerable.Range(50, 100), story.Before.Select(Number));
    }

    [Fact]
    public async Task There_is_no_story_of_what_nobody_did()
    {
        await _store.BatchAsync(Event(1, "05:00:00", correlation: "c-1"));

        Assert.Null(await Stories.FindAsync("c", default));
    }

    [Fact]
    public async Task A_story_is_not_called_missing_while_a_part_of_the_archive_can_not_be_read()
    {
        await _store.ArchiveAsync(Event(1, "05:00:00", correlation: "c"));
        await _store.Blobs.DeleteAsync(_store.Blobs.Blobs.Single(blob => blob.Key.Path.EndsWith(".gz", StringComparison.Ordinal)).Key, default);

        await Assert.ThrowsAsync<ArchiveDamagedException>(() => Stories.FindAsync("c", default));
    }

    private async Task<Story> FindAsync(string correlationId)
    {
        var story = await Stories.FindAsync(correlationId, default);
        Assert.NotNull(story);
        return story;
    }

    private static string By(string initiator, int number, string time, string correlation) =>
        Event(number, time, correlation: correlation).Replace("\"target\":", $"\"initiator\":{{\"id\":\"{initiator}\"}},\"target\":", StringComparison.Ordinal);

    private static int Number(ReadOnlyMemory<byte> line) => Convert.ToInt32(Encoding.UTF8.GetString(line.Span[7..39]), 16);
}
