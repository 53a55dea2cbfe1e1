using FsCheck;
using Trailgate.Events;
using Trailgate.Query;
using Trailgate.Storage;
using static Trailgate.Tests.Query.QueryStore;
using Random = System.Random;

namespace Trailgate.Tests.Query;

public sealed class CursorTests
{
    [Theory]
    [InlineData("2026-11-22T05:54:00.123Z")]
    [InlineData("2026-11-22T05:54:00.123456789Z")]
    [InlineData("0001-01-01T00:00:00.000Z")]
    public void A_cursor_names_the_same_place_when_it_comes_back(string time)
    {
        Assert.True(EventTime.TryParse(System.Text.Encoding.ASCII.GetBytes(time), out var parsed));
        Assert.True(EventId.TryParse(Id(0xABC), out var id));
        var position = new EventPosition(parsed, id);

        Assert.True(EventPosition.TryParse(position.ToCursor(), out var read));
        Assert.Equal(position, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("%")]
    [InlineData("AAAA")]
    [InlineData("MjAyNi0xMS0yMlQwNTo1NDowMC4xMjNaLw")] // a time and no id
    public void What_is_no_cursor_is_refused(string text)
    {
        Assert.False(EventPosition.TryParse(text, out _));
        Assert.False(EventPosition.TryParse(new string('A', 5_000), out _));
    }

    [Theory]
    [InlineData(EventOrder.Newest)]
    [InlineData(EventOrder.Oldest)]
    public void A_walk_sees_each_event_that_was_there_at_its_start_once_while_events_arrive_and_are_archived_and_indexed(EventOrder order)
    {
        Prop.ForAll<int>(seed => Task.Run(() => WalkAsync(new Random(seed), order)).GetAwaiter().GetResult()).QuickCheckThrowOnFailure();
    }

    /// <summary>A cursor leaves whole days behind: those are passed over, and the walk goes on in the next.</summary>
    [Theory]
    [InlineData(EventOrder.Newest, 1, true)]
    [InlineData(EventOrder.Newest, 2, false)]
    [InlineData(EventOrder.Newest, 3, true)]
    [InlineData(EventOrder.Oldest, 1, false)]
    [InlineData(EventOrder.Oldest, 2, true)]
    [InlineData(EventOrder.Oldest, 5, true)]
    public async Task A_walk_goes_through_all_days_of_the_archive_and_the_inbox(EventOrder order, int limit, bool indexed)
    {
        var store = new QueryStore();
        for (var number = 1; number <= 12; number++)
        {
            // Six days over three months, two events each.
            await store.ArchiveAsync(Event(number, $"2026-{9 + (number - 1) / 4:00}-{10 + (number - 1) / 2:00}T05:00:{number:00}.000Z"));
        }

        await store.BatchAsync(Event(13, "2026-11-22T05:00:00.000Z"));
        if (indexed)
        {
            await store.IndexAsync();
        }

        var seen = new List<int>();
        var query = new EventQuery { Order = order, Limit = limit };
        EventPage page;
        do
        {
            page = await store.Search.FindAsync(query, default);
            seen.AddRange(Numbers(page));
            query = query with { After = page.Last };
        }
        while (page.More);

        var expected = Enumerable.Range(1, 13);
        Assert.Equal(order == EventOrder.Oldest ? expected : expected.Reverse(), seen);
    }

    private static async Task WalkAsync(Random random, EventOrder order)
    {
        var store = new QueryStore();
        var number = 0;
        var inbox = new List<(BlobName Batch, string[] Lines)>();
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            await ReceiveAsync();
        }

        var there = Enumerable.Range(1, number).ToHashSet();
        var seen = new List<int>();
        var query = new EventQuery { Order = order, Limit = random.Next(1, 5) };
        EventPage page;
        do
        {
            page = await store.Search.FindAsync(query, default);
            seen.AddRange(Numbers(page));
            query = query with { After = page.Last };
            if (random.Next(2) == 0 && number < 60)
            {
                await ReceiveAsync();
            }

            if (random.Next(2) == 0 && inbox.Count > 0)
            {
                var (batch, lines) = inbox[0];
                await store.PlanAsync(batch);
                await store.ArchiveAsync(lines);
                await store.DeleteAsync(batch);
                await store.DoneAsync();
                inbox.RemoveAt(0);
            }

            if (random.Next(3) == 0)
            {
                await store.IndexAsync();
            }
        }
        while (page.More);

        Assert.Equal(seen.Distinct(), seen);
        Assert.Subset(seen.ToHashSet(), there);

        async Task ReceiveAsync()
        {
            // Few different times, so that events share them and only the ids tell them apart.
            string[] lines = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Event(++number, $"2026-11-2{random.Next(3)}T05:0{random.Next(4)}:00.000Z"))];
            inbox.Add((await store.BatchAsync(lines), lines));
        }
    }
}
