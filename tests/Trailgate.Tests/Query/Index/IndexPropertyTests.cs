using System.Text;
using FsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Events;
using Trailgate.Query;
using Trailgate.Storage;
using static Trailgate.Tests.Query.QueryStore;
using Random = System.Random;

namespace Trailgate.Tests.Query.Index;

public sealed class IndexPropertyTests
{
    [Fact]
    public void An_index_that_is_whole_stale_or_damaged_changes_no_answer()
    {
        // On a thread of its own: those of the test framework are few, and this one is held.
        var runs = Configuration.QuickThrowOnFailure;
        runs.MaxNbOfTest = 200;
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), seed => Task.Run(() => CompareAsync(new Random(seed))).GetAwaiter().GetResult()).Check(runs);
    }

    private static async Task CompareAsync(Random random)
    {
        var archive = new RandomArchive(random);
        var remembering = archive.Store.Search;
        for (var steps = random.Next(1, 15); steps > 0; steps--)
        {
            await archive.StepAsync();
            if (random.Next(3) == 0)
            {
                await archive.DamageIndexAsync();
            }

            var query = archive.NewQuery();
            var expected = await SearchOver(new WithoutIndex(archive.Store.Blobs)).FindAsync(query, default);
            foreach (var search in (EventSearch[])[remembering, SearchOver(archive.Store.Blobs)])
            {
                Assert.Equal(Describe(expected), Describe(await search.FindAsync(query, default)));
            }

            await LookUpAsync(archive, random);
        }
    }

    private static async Task LookUpAsync(RandomArchive archive, Random random)
    {
        Assert.True(EventId.TryParse(Id(random.Next(1, 20)), out var id));
        var expected = await new EventLookup(NewReaders(new WithoutIndex(archive.Store.Blobs))).FindAsync(id, default);

        var found = await new EventLookup(archive.Store.NewReaders()).FindAsync(id, default);

        Assert.Equal((Text(expected?.Line), expected?.Segment), (Text(found?.Line), found?.Segment));
    }

    private static EventSearch SearchOver(IBlobStore blobs) => new(NewReaders(blobs), NullLogger<EventSearch>.Instance);

    private static string Describe(EventPage page) => string.Join('\n', page.Lines.Select(line => Text(line)))
        + $"\nmore {page.More} damaged {string.Join(',', page.Damaged)} next {page.Next}\n"
        + (page.Facets is { } facets
            ? $"{facets.Events} {string.Join(' ', facets.Values.Select(facet => $"{facet.Facet} {string.Join(',', facet.Values)} {facet.Other}"))} {facets.Time?.Step} {string.Join(',', facets.Time?.Buckets ?? [])}"
            : "");

    private static string? Text(ReadOnlyMemory<byte>? line) => line is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;
}
