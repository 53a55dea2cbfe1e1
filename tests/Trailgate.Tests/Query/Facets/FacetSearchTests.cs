using Trailgate.Query;
using Trailgate.Query.Facets;
using static Trailgate.Tests.Query.QueryStore;

namespace Trailgate.Tests.Query.Facets;

public class FacetSearchTests
{
    private readonly QueryStore _store = new();

    [Fact]
    public async Task All_events_that_match_are_counted_whatever_the_page_holds()
    {
        await _store.ArchiveAsync(Event(1, "04:00:00"), Event(2, "05:00:00", outcome: "failure"), Event(3, "05:30:00", "eu-de"));
        await _store.BatchAsync(Event(4, "06:00:00", action: "codeengine.app.delete"), Event(5, "06:01:00"));
        var query = new EventQuery { Limit = 1, Facets = new HashSet<Facet> { Facet.Action, Facet.Outcome } };

        var page = await _store.Search.FindAsync(query, default);
        var next = await _store.Search.FindAsync(query with { After = page.Last }, default);

        Assert.Equal([5], Numbers(page));
        Assert.Equal([4], Numbers(next));
        foreach (var facets in (EventFacets[])[page.Facets!, next.Facets!])
        {
            Assert.Equal(5, facets.Events);
            Assert.Equal([new("codeengine.job.read", 4), new("codeengine.app.delete", 1)], facets.Values[0].Values);
            Assert.Equal([new("success", 4), new("failure", 1)], facets.Values[1].Values);
        }
    }

    [Fact]
    public async Task Copies_of_an_event_count_once()
    {
        await _store.BatchAsync(Event(1, "05:00:00"), Event(1, "05:00:00"));
        await _store.BatchAsync(Event(1, "05:00:00"), Event(2, "05:00:00"));
        await _store.ArchiveAsync(Event(1, "05:00:00"), Event(3, "05:00:00"));

        var page = await _store.Search.FindAsync(new EventQuery { Limit = 0, Facets = new HashSet<Facet> { Facet.Region } }, default);

        Assert.Equal([new("us-south", 3)], page.Facets!.Values[0].Values);
    }

    [Fact]
    public async Task Facets_alone_name_no_events()
    {
        await _store.ArchiveAsync(Event(1, "05:00:00"));

        var page = await _store.Search.FindAsync(new EventQuery { Limit = 0, Facets = new HashSet<Facet> { Facet.Kind } }, default);

        Assert.Empty(page.Lines);
        Assert.True(page.More);
        Assert.Null(page.Next);
    }

    [Fact]
    public async Task Fifty_values_are_listed_and_the_rest_is_counted_together()
    {
        await _store.BatchAsync([.. Enumerable.Range(1, 53).Select(number => Event(number, "05:00:00", action: $"a.{number:D2}")), Event(99, "05:00:00", action: "a.53")]);

        var facet = (await _store.Search.FindAsync(new EventQuery { Limit = 0, Facets = new HashSet<Facet> { Facet.Action } }, default)).Facets!.Values[0];

        Assert.Equal(50, facet.Values.Count);
        Assert.Equal(new("a.53", 2), facet.Values[0]);
        Assert.Equal(new("a.01", 1), facet.Values[1]);
        Assert.Equal(3, facet.Other);
    }
}
