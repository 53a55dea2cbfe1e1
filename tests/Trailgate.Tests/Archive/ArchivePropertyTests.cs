using FsCheck;
using Trailgate.Archive;
using static Trailgate.Tests.Archive.ArchiveScene;

namespace Trailgate.Tests.Archive;

public class ArchivePropertyTests
{
    private static readonly string[] Regions = ["us-south", "eu-de", "unknown"];

    // Few seeds, so that copies are frequent; a seed has one region and one time, as a redelivery has.
    private static readonly Gen<string> Lines = Gen.Choose(0, 59).Select(seed => seed % 10 == 9
        ? Quarantined($"q{seed}", Regions[seed % 3])
        : Event($"e{seed}", $"2026-11-22T0{seed % 4}:{seed:D2}:00.000Z", Regions[seed % 3]));

    private static readonly Gen<string[][][]> Inboxes =
        Gen.ArrayOf(Gen.ArrayOf(Gen.NonEmptyListOf(Lines).Select(lines => lines.ToArray())));

    [Fact]
    public void Every_event_is_archived_once_sorted_and_the_counts_add_up()
    {
        var configuration = Configuration.QuickThrowOnFailure;
        configuration.EndSize = 12;
        Prop.ForAll(Inboxes.ToArbitrary(), runs => Task.Run(() => HoldsAsync(runs)).GetAwaiter().GetResult())
            .Check(configuration);
    }

    private static async Task HoldsAsync(string[][][] runs)
    {
        var scene = new ArchiveScene { Options = { PlanBatches = 3 } };
        var number = 0;
        foreach (var batches in runs)
        {
            foreach (var lines in batches)
            {
                await scene.PutBatchAsync(++number, lines);
            }

            await scene.RunAsync();
        }

        string[] all = [.. runs.SelectMany(batches => batches).SelectMany(lines => lines)];
        string[] events = [.. all.Where(line => line.StartsWith("{\"id\"", StringComparison.Ordinal))];
        var archived = scene.ArchivedLines();
        Assert.Equal(events.Distinct().Order(StringComparer.Ordinal), archived.Order(StringComparer.Ordinal));
        foreach (var segment in scene.Segments())
        {
            AssertSortedInItsPlace(segment, scene.Lines(segment));
        }

        var totals = Totals(scene);
        Assert.Equal(new ArchiveCounts(all.Length, archived.Count, events.Length - archived.Count, all.Length - events.Length), totals);
        Assert.Empty(scene.Alerts);
    }

    private static void AssertSortedInItsPlace(string segment, IReadOnlyList<string> lines)
    {
        // Time and id are the second and fourth text of the line; both sort as text.
        var keys = lines.Select(line => line.Split('"')).Select(words => (Time: words[7], Id: words[3])).ToList();
        Assert.Equal(keys.OrderBy(key => key.Time, StringComparer.Ordinal).ThenBy(key => key.Id, StringComparer.Ordinal), keys);
        Assert.All(keys, key => Assert.Contains($"/date={key.Time[..10]}/hour={key.Time[11..13]}/", segment, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Contains($"\"region\":\"{segment.Split('/')[0]["region=".Length..]}\"", line, StringComparison.Ordinal));
    }

    private static ArchiveCounts Totals(ArchiveScene scene)
    {
        var totals = default(ArchiveCounts);
        foreach (var region in Regions)
        {
            var count = scene.Paths("archive").Count(path => path.StartsWith($"region={region}/manifests/", StringComparison.Ordinal));
            if (count > 0)
            {
                var last = scene.Manifest(region, count);
                Assert.Equal(last.Totals.Received, last.Totals.Archived + last.Totals.Duplicate + last.Totals.Quarantined);
                totals += last.Totals;
            }
        }

        return totals;
    }
}
