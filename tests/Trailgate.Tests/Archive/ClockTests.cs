using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Storage;
using Trailgate.Tests.Storage;
using static Trailgate.Tests.Archive.ArchiveScene;

namespace Trailgate.Tests.Archive;

/// <summary>Clocks are wrong and are set right: what is accepted is archived all the same, and the ledger's times never run backwards.</summary>
public class ClockTests
{
    private static readonly TimeSpan FarAhead = TimeSpan.FromDays(400);

    private readonly ArchiveScene _scene = new();
    private readonly DateTimeOffset _rightTime;

    public ClockTests() => _rightTime = _scene.Time.GetUtcNow();

    [Fact]
    public async Task After_a_clock_that_was_ahead_notes_keep_its_time_until_the_right_one_has_passed_it()
    {
        await RunAtAsync(1, FarAhead);
        await RunAtAsync(2, TimeSpan.Zero);
        await RunAtAsync(3, FarAhead - TimeSpan.FromSeconds(1));
        await RunAtAsync(4, FarAhead + TimeSpan.FromSeconds(1));

        Assert.Equal(
            ["2027-12-27T06:00:00.000Z", "2027-12-27T06:00:00.000Z", "2027-12-27T06:00:00.000Z", "2027-12-27T06:00:01.000Z"],
            Notes().Select(lines => lines[2]));
        Assert.Equal(4, _scene.ArchivedLines().Count);
        Assert.Equal(_scene.Manifest("us-south", 2).Time, _scene.Manifest("us-south", 1).Time);
    }

    [Fact]
    public async Task A_clock_that_is_far_behind_the_ledger_is_reported_once_and_a_little_is_not()
    {
        await RunAtAsync(1, FarAhead);
        await RunAtAsync(2, FarAhead - TimeSpan.FromSeconds(59));
        Assert.Empty(_scene.Alerts);

        await RunAtAsync(3, TimeSpan.Zero);
        await RunAtAsync(4, TimeSpan.FromHours(5));

        // One subject: who raises it twice tells it once.
        Assert.Equal("archive: the clock is behind the ledger's 2027-12-27T06:00:00.000Z", Assert.Single(_scene.Alerts.Distinct()));
    }

    [Fact]
    public async Task Silence_shows_every_hour_though_the_last_note_is_of_a_time_to_come()
    {
        await RunAtAsync(1, FarAhead);

        Assert.Equal(1, await EmptyRunAtAsync(TimeSpan.Zero));
        Assert.Equal(0, await EmptyRunAtAsync(TimeSpan.FromMinutes(59)));
        Assert.Equal(1, await EmptyRunAtAsync(TimeSpan.FromMinutes(60)));
        Assert.Equal(0, await EmptyRunAtAsync(TimeSpan.FromMinutes(119)));

        Assert.Equal(3, Notes().Count);
    }

    [Theory]
    [InlineData("batches/1999-12-31/23/00dc6acf-abff-7000-8000-000000000001.ndjson")]
    [InlineData("batches/2099-01-01/00/03b3ac0a-2800-7000-8000-000000000001.ndjson")]
    public async Task A_batch_that_was_named_by_a_wrong_clock_is_archived_in_its_turn(string path)
    {
        await _scene.PutBatchAsync(1, Event("first"));
        await _scene.RunAsync();
        await _scene.PutBatchAsync(2, Event("right"));
        await _scene.PutAsync(path, Batch(Event("wrong")));

        await _scene.RunAsync();

        Assert.Equal(3, _scene.ArchivedLines().Count);
        Assert.DoesNotContain(_scene.Paths(Containers.Inbox), name => name.StartsWith("batches/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_ends_though_its_last_batch_was_named_by_a_clock_ahead_and_new_ones_keep_coming()
    {
        await _scene.PutBatchAsync(1, Event("e1"));
        await _scene.PutAsync("batches/2099-01-01/00/03b3ac0a-2800-7000-8000-000000000001.ndjson", Batch(Event("ahead")));
        var number = 1;
        _scene.Store.Before = call =>
        {
            if (call is { Operation: BlobOperation.Put, Number: < 1000 } && call.Target.StartsWith("ledger/", StringComparison.Ordinal))
            {
                number++;
                _scene.PutBatchAsync(number, Event($"e{number}")).GetAwaiter().GetResult();
            }
        };

        Assert.Equal(1, (await _scene.RunAsync()).Plans);

        Assert.Equal(2, _scene.ArchivedLines().Count);
    }

    [Fact]
    public void The_id_of_a_run_tells_when_it_really_was()
    {
        Assert.Equal(
            new DateTimeOffset(2022, 2, 22, 19, 22, 22, TimeSpan.Zero),
            // The example of RFC 9562, appendix A.6.
            UuidTime.Read(Guid.Parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")));
        Assert.Null(UuidTime.Read(Guid.Parse("919108f7-52d1-4320-9bac-f847db4148a8")));
    }

    private async Task RunAtAsync(int batch, TimeSpan off)
    {
        _scene.Time.SetUtcNow(_rightTime + off);
        await _scene.PutBatchAsync(batch, Event($"e{batch}"));
        Assert.Equal(1, (await Archiver().RunAsync(CancellationToken.None)).Plans);
    }

    private async Task<int> EmptyRunAtAsync(TimeSpan off)
    {
        _scene.Time.SetUtcNow(_rightTime + off);
        return (await Archiver().RunAsync(CancellationToken.None)).Plans;
    }

    // With run ids as they really are, by the clock.
    private StoreArchiver Archiver() => _scene.Archiver(newRunId: Guid.CreateVersion7);

    private List<string[]> Notes() => [.. _scene.Paths(Containers.Ledger).Select(path => _scene.Text(Containers.Ledger, path).Split('\n'))];
}
