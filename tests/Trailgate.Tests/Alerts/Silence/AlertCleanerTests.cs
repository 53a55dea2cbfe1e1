using Trailgate.Alerts;
using Trailgate.Alerts.Grouping;
using Trailgate.Alerts.Silence;
using Trailgate.Storage;
using Trailgate.Tests.Alerts.Grouping;

namespace Trailgate.Tests.Alerts.Silence;

public sealed class AlertCleanerTests
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(2);
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly GroupWorld _world = new();
    private readonly AlertCleaner _cleaner;

    public AlertCleanerTests() => _cleaner = new AlertCleaner(_world.Stores, new AlertOptions { Retention = Kept }, _world.Time);

    [Fact]
    public async Task Records_older_than_they_are_to_be_kept_are_cleaned_away_and_newer_ones_and_dead_letters_stay()
    {
        await StormAsync(1);
        await _world.Memory.ReplaceAsync(new BlobName(Containers.Alerts, "dead/ops/1.json"), "{}"u8.ToArray(), null, CancellationToken.None);
        _world.Time.Advance(Kept);
        await _world.QueueAsync(GroupWorld.Line(100));
        await _world.Dispatcher.MarksWritten;
        Assert.Contains(Paths(), path => path.Contains("2026-11-22", StringComparison.Ordinal));
        await CleanAsync();
        Assert.Contains(Paths(), path => path.Contains("2026-11-22", StringComparison.Ordinal)); // the whole of the last day is kept

        _world.Time.Advance(TimeSpan.FromDays(1));
        await CleanAsync();

        // What came on the 24th: its matches and their mark.
        Assert.Equal(["dead/ops/1.json", "matches/2026-11-24", "queued/2026-11-24"], Paths().Select(path => string.Join('/', path.Split('/').Take(path.StartsWith("dead", StringComparison.Ordinal) ? 3 : 2))));
    }

    [Fact]
    public async Task A_group_that_was_cleaned_away_and_storms_again_is_told_by_a_summary_of_its_own()
    {
        await StormAsync(1);
        _world.Time.Advance(Kept + TimeSpan.FromDays(1));
        await CleanAsync();
        Assert.Empty(_world.Groups());

        await StormAsync(11);

        Assert.Equal(["alert delete", "summary delete 2", "alert delete", "summary delete 2"], _world.Words);
    }

    [Fact]
    public async Task Summaries_of_a_group_that_never_rests_are_cleaned_away_as_well()
    {
        for (var day = 0; day < 5; day++)
        {
            await StormAsync(10 * day);
            _world.Time.Advance(TimeSpan.FromDays(1));
        }

        await CleanAsync();

        // It is the 27th, 06:50, and the storm of the 25th began at 06:30.
        var left = Paths().Where(path => path.Contains("/groups/", StringComparison.Ordinal)).Select(path => (Folder: path.Split('/')[0], GroupId.OpenedAt(path)!.Value.Day)).ToList();
        Assert.Equal([("deliveries", 26), ("notifications", 26)], left);
        Assert.Single(_world.Groups());
    }

    [Fact]
    public async Task However_many_groups_are_alive_the_old_ones_behind_them_are_reached()
    {
        for (var i = 0; i <= AlertCleaner.MaxBlobs; i++)
        {
            var isLast = i == AlertCleaner.MaxBlobs;
            var state = new GroupState { Schema = GroupState.CurrentSchema, Rule = "delete", Parts = [], CountedAt = _world.Time.GetUtcNow() - (isLast ? Kept * 2 : TimeSpan.Zero) };
            Assert.NotNull(await _world.Memory.ReplaceAsync(new GroupId("delete", $"{i:x16}").Blob, state.ToBytes(), null, CancellationToken.None));
        }

        await CleanAsync();
        Assert.Equal(AlertCleaner.MaxBlobs + 1, _world.Groups().Count);
        await CleanAsync();

        Assert.Equal(AlertCleaner.MaxBlobs, _world.Groups().Count);
    }

    /// <summary>Three alerts of one group: one is told at once, two in a summary.</summary>
    private async Task StormAsync(int first)
    {
        var delivery = _world.NewDelivery();
        await _world.QueueAsync(GroupWorld.Line(first), GroupWorld.Line(first + 1), GroupWorld.Line(first + 2));
        await _world.Dispatcher.MarksWritten;
        await _world.PumpAsync(delivery);
        await _world.PumpAsync(delivery, Window);
        await _world.PumpAsync(delivery, Window);
    }

    private Task CleanAsync() => _cleaner.CleanAsync(CancellationToken.None);

    private IEnumerable<string> Paths() =>
        _world.Memory.Blobs.Where(blob => blob.Key.Container == Containers.Alerts).Select(blob => blob.Key.Path).Order(StringComparer.Ordinal);
}
