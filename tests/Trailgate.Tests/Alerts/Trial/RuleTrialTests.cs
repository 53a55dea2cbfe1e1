using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Alerts;
using Trailgate.Alerts.Rules;
using Trailgate.Alerts.Trial;
using Trailgate.Events;
using Trailgate.Query;
using Trailgate.Tests.Alerts.Grouping;
using Trailgate.Tests.Archive;
using Trailgate.Tests.Storage;

namespace Trailgate.Tests.Alerts.Trial;

public sealed class RuleTrialTests
{
    private readonly ArchiveScene _scene = new();

    [Fact]
    public async Task Rules_are_tried_on_what_is_archived_and_nothing_is_written()
    {
        // Two deletes within five minutes are a first alert and a summary; the third, half an hour later, is a first again.
        await ArchiveAsync(
            GroupWorld.Line(1, time: "06:00:00.000"), GroupWorld.Line(2, time: "06:01:00.000"), GroupWorld.Line(3, time: "06:31:00.000"),
            GroupWorld.Line(4, kind: "read", time: "06:32:00.000"), GroupWorld.Line(5, kind: "read", outcome: "failure", time: "07:00:00.000"));
        var before = _scene.Store.Blobs.Select(blob => blob.Key).ToList();

        var report = await TryAsync("""{"rules":[]}""", null, null);

        Assert.Equal(5, report.Events);
        Assert.Equal(["delete 3 3 0", "failure 1 1 0"], report.Rules.Select(Text));
        Assert.Equal(3, report.Rules[0].Examples.Count);
        Assert.Contains($"{1:x32}", report.Rules[0].Examples[0], StringComparison.Ordinal);
        Assert.Equal(before, _scene.Store.Blobs.Select(blob => blob.Key));
    }

    [Fact]
    public async Task Only_events_of_the_window_count()
    {
        await ArchiveAsync(GroupWorld.Line(1, time: "06:00:00.000"), GroupWorld.Line(2, time: "06:01:00.000"), GroupWorld.Line(3, time: "06:02:00.000"));

        var report = await TryAsync("""{"rules":[]}""", "2026-11-22T06:01:00.000Z", "2026-11-22T06:02:00.000Z");

        Assert.Equal(1, report.Events);
        Assert.Equal("delete 1 1 0", Text(report.Rules[0]));
    }

    [Fact]
    public async Task A_threshold_holds_back_what_stays_below_it()
    {
        await ArchiveAsync(
            GroupWorld.Line(1, time: "06:00:00.000"), GroupWorld.Line(2, time: "06:00:01.000"), GroupWorld.Line(3, initiator: "IBMid-2", time: "06:00:02.000"));

        var report = await TryAsync("""{"rules":[{"name":"delete","threshold":{"count":2,"within":"00:01:00"}}]}""", null, null);

        Assert.Equal("delete 3 1 1", Text(report.Rules[0]));
    }

    [Fact]
    public async Task What_waits_for_an_end_is_told_unless_the_end_came_in_time()
    {
        static ReadOnlyMemory<byte> Line(int number, string correlation, string outcome, string time) => Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(GroupWorld.Line(number, kind: "create", outcome: outcome, time: time).Span).Replace($"\"c-{number}\"", $"\"{correlation}\"", StringComparison.Ordinal));
        await ArchiveAsync(
            Line(1, "ended", "pending", "06:00:00.000"), Line(2, "ended", "success", "06:59:59.000"),
            Line(3, "late", "pending", "06:00:00.000"), Line(4, "late", "success", "07:00:01.000"),
            Line(5, "never", "pending", "06:30:00.000"));

        var report = await TryAsync("""{"rules":[{"name":"delete","enabled":false},{"name":"failure","enabled":false},{"name":"unresolved","enabled":true,"group":{"window":"00:00:00"}}]}""", null, null);

        Assert.Equal("unresolved 3 2 1", Text(Assert.Single(report.Rules)));
    }

    private static string Text(RuleResult result) => $"{result.Rule} {result.Matches} {result.Notifications} {result.Untold}";

    private async Task ArchiveAsync(params ReadOnlyMemory<byte>[] lines)
    {
        await _scene.PutBatchAsync(1, [.. lines.Select(line => Encoding.UTF8.GetString(line.Span))]);
        await _scene.RunAsync();
    }

    private Task<TrialReport> TryAsync(string rules, string? from, string? to)
    {
        var readers = new StoreReaders([new StoreReader(OneStore.Over(_scene.Store), NullLogger<InboxReader>.Instance)], NullLogger<StoreReaders>.Instance);
        var file = RulesFile.Read(Encoding.UTF8.GetBytes(rules));
        Assert.Empty(file.Problems);
        return new RuleTrial(readers, Microsoft.Extensions.Options.Options.Create(new AlertOptions())).RunAsync(file.Rules, Time(from), Time(to), CancellationToken.None);
    }

    private static EventTime? Time(string? text) => text is not null && EventTime.TryParse(Encoding.UTF8.GetBytes(text), out var time) ? time : null;
}
