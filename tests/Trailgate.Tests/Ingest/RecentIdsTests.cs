using Trailgate.Events;
using Trailgate.Ingest;

namespace Trailgate.Tests.Ingest;

public sealed class RecentIdsTests
{
    private readonly RecentIds _ids = new(capacity: 3);

    [Fact]
    public void An_id_is_known_from_its_second_time_on() => Assert.Equal(
        [[false, false], [true, false], [true, true]],
        new[] { Add(1, 2), Add(2, 3), Add(2, 3) });

    [Fact]
    public void An_id_that_stands_twice_in_a_list_is_known_the_second_time() => Assert.Equal([false, false, true], Add(1, 2, 1));

    [Fact]
    public void A_quarantined_item_is_never_known()
    {
        bool[] first = new bool[1], second = new bool[1];
        List<ItemResult> items = [new ItemResult(default, Region.Unknown, "action is missing")];

        _ids.Add(items, first);
        _ids.Add(items, second);

        Assert.Equal([false, false], [first[0], second[0]]);
    }

    [Fact]
    public void The_youngest_are_remembered_for_a_whole_generation_and_the_oldest_forgotten()
    {
        Add(1, 2, 3); // the first generation is full
        Add(4, 5);

        Assert.Equal([true], Add(3));  // full again: 3, 4 and 5 stay
        Assert.Equal([false], Add(1)); // forgotten with the first generation
        Assert.Equal([true, true, true], Add(3, 4, 5));
    }

    private bool[] Add(params int[] ids)
    {
        var known = new bool[ids.Length];
        _ids.Add([.. ids.Select(id => new ItemResult(new EventId((UInt128)id), Region.Unknown, null))], known);
        return known;
    }
}
