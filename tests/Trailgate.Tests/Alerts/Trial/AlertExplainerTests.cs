using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Alerts.Trial;
using Trailgate.Events;
using Trailgate.Query;
using Trailgate.Storage;
using Trailgate.Tests.Alerts.Grouping;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Alerts.Trial;

public sealed class AlertExplainerTests
{
    private readonly GroupWorld _world = new("""
        {"rules":[
          {"name":"night","when":{"all":[{"field":"kind","equals":"delete"},{"field":"initiator.id","glob":"ServiceId-*"}]}},
          {"name":"odd","when":{"not":{"field":"outcome","in":["success","failure"]}}}]}
        """);

    [Fact]
    public async Task Each_rule_says_whether_it_matched_or_which_test_failed_and_what_it_saw()
    {
        await ReceiveAsync(1);

        var verdicts = await ExplainAsync(1);

        Assert.Equal(["delete", "failure", "unauthorized", "credential", "many-failures", "unresolved", "audit-disabled", "night", "odd"], verdicts.Select(one => one.Rule));
        Assert.Empty(verdicts[0].Reasons);
        Assert.Equal("outcome is failure, but outcome is success", Assert.Single(verdicts[1].Reasons));
        Assert.False(verdicts[2].IsOn);
        Assert.Equal(
            ["reason.reasonCode is 401, but reason.reasonCode has no value", "reason.reasonCode is 403, but reason.reasonCode has no value"], verdicts[2].Reasons);
        Assert.Equal("initiator.id is like ServiceId-*, but initiator.id is IBMid-1", Assert.Single(verdicts[7].Reasons));
        Assert.Equal("not (outcome is one of success, failure), but outcome is success", Assert.Single(verdicts[8].Reasons));
    }

    [Fact]
    public async Task An_alert_is_followed_from_the_queue_to_its_channel_or_into_its_summary()
    {
        await ReceiveAsync(1, 2);
        Assert.Equal("queued", (await ExplainAsync(1))[0].State);

        await _world.PumpAsync(_world.NewDelivery());
        var first = (await ExplainAsync(1))[0];
        Assert.Equal("delivered", first.State);
        Assert.StartsWith("ops: delivered after 1 try,", Assert.Single(first.Deliveries), StringComparison.Ordinal);
        var second = (await ExplainAsync(2))[0];
        Assert.Equal("grouped", second.State);
        Assert.EndsWith("whose window ends at 2026-11-22T06:05:00.000Z", second.Group, StringComparison.Ordinal);

        await _world.PumpAsync(_world.NewDelivery(), TimeSpan.FromMinutes(5));
        Assert.StartsWith($"told in the summary {_world.Told[1].Id} of 1 alerts", (await ExplainAsync(2))[0].Group, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_that_is_not_there_has_no_explanation() =>
        Assert.Null(await Explainer().ExplainAsync(new EventId(7), CancellationToken.None));

    private AlertExplainer Explainer()
    {
        var readers = new StoreReaders([new StoreReader(_world.Store, NullLogger<InboxReader>.Instance)], NullLogger<StoreReaders>.Instance);
        return new AlertExplainer(new EventLookup(readers), _world.Rules);
    }

    private async Task<IReadOnlyList<RuleVerdict>> ExplainAsync(int number) =>
        await Explainer().ExplainAsync(new EventId((UInt128)number), CancellationToken.None) ?? throw new InvalidDataException("no event");

    /// <summary>What ingest does: a batch in the inbox, and its alerts.</summary>
    private async Task ReceiveAsync(params int[] numbers)
    {
        var lines = numbers.Select(number => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(GroupWorld.Line(number).Span).Replace("\"kind\":\"delete\"}", "\"kind\":\"delete\",\"receivedAt\":\"2026-11-22T06:00:00.000Z\"}", StringComparison.Ordinal))).ToArray();
        var text = string.Concat(lines.Select(line => Encoding.UTF8.GetString(line.Span) + "\n"));
        Assert.True(Region.TryParse("us-south".AsSpan(), out var region));
        var trailer = new BatchTrailer(
            lines.Length, MerkleRoot.OfLines(text),
            new Dictionary<Region, BatchCounts> { [region] = new(lines.Length, 0) });
        var name = BatchName.New(_world.Time.GetUtcNow());
        await _world.Memory.PutAsync(name, (byte[])[.. Encoding.UTF8.GetBytes(text), .. trailer.ToLine(), (byte)'\n'], CancellationToken.None);
        await _world.Dispatcher.QueueAsync(_world.Store, name, lines, 0, CancellationToken.None);
    }
}
