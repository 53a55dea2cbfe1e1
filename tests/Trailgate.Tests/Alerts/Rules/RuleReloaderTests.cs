using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Trailgate.Alerts;
using Trailgate.Alerts.Rules;
using Trailgate.Storage;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Alerts.Rules;

public sealed class RuleReloaderTests : IDisposable
{
    private const string Good = """{"rules":[{"name":"delete","enabled":false},{"name":"mine","when":{"field":"message","exists":true}}]}""";
    private const string Better = """{"rules":[{"name":"better","when":{"field":"message","exists":true}}]}""";
    private const string Bad = """{"rules":[{"name":"mine"}]}""";

    private readonly TempFolder _folder = new();
    private readonly AlertWorld _world = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_changed_file_counts_at_the_next_look_and_a_bad_one_keeps_the_old_rules_and_says_so()
    {
        var (active, reloader) = OverFile(Good);
        Assert.Equal("failure mine", On(active));

        File.WriteAllText(RulesFile, Better);
        await reloader.LookAsync(CancellationToken.None);
        Assert.Equal("delete failure better", On(active));

        File.WriteAllText(RulesFile, Bad);
        await reloader.LookAsync(CancellationToken.None);
        await reloader.LookAsync(CancellationToken.None);
        Assert.Equal("delete failure better", On(active));
        Assert.Equal(
            "Trailgate:Alerts:RulesFile: line 1, column 11, rules[0]: the rule has no when, and no shipped rule has its name.",
            Assert.Single(active.Problems));
        var alert = Assert.Single(Raised());
        Assert.Contains("the rule has no when", alert, StringComparison.Ordinal);

        File.WriteAllText(RulesFile, Good);
        await reloader.LookAsync(CancellationToken.None);
        Assert.Equal("failure mine", On(active));
        Assert.Empty(active.Problems);
    }

    [Fact]
    public async Task A_file_that_is_gone_keeps_the_old_rules_and_says_so()
    {
        var (active, reloader) = OverFile(Good);

        File.Delete(RulesFile);
        await reloader.LookAsync(CancellationToken.None);

        Assert.Equal("failure mine", On(active));
        Assert.Contains("can not be read", Assert.Single(active.Problems), StringComparison.Ordinal);
        Assert.Single(Raised());
    }

    [Fact]
    public async Task A_fault_that_comes_again_on_another_day_is_told_again()
    {
        var (_, reloader) = OverFile(Good);
        foreach (var content in (string[])[Bad, Good, Bad])
        {
            File.WriteAllText(RulesFile, content);
            await reloader.LookAsync(CancellationToken.None);
        }

        Assert.Single(Raised());

        _world.Time.Advance(TimeSpan.FromDays(1));
        await reloader.LookAsync(CancellationToken.None);

        Assert.Equal(2, Raised().Count);
    }

    [Fact]
    public async Task A_blob_of_rules_counts_and_while_the_store_is_away_the_old_rules_stay_without_an_alert()
    {
        var blob = new BlobName(Containers.Alerts, "rules/mine.json");
        var first = await _world.Store.ReplaceAsync(blob, Encoding.UTF8.GetBytes(Good), null, CancellationToken.None);
        var (active, reloader) = Over(new AlertOptions { RulesBlob = "rules/mine.json" });
        Assert.Equal("failure mine", On(active));

        await _world.Store.ReplaceAsync(blob, Encoding.UTF8.GetBytes(Better), first, CancellationToken.None);
        _world.Store.Before = static call =>
        {
            if (call.Target.EndsWith("rules/mine.json", StringComparison.Ordinal))
            {
                throw new StorageException("The test fails this read.");
            }
        };
        await reloader.LookAsync(CancellationToken.None);
        Assert.Equal("failure mine", On(active));

        _world.Store.Before = null;
        await reloader.LookAsync(CancellationToken.None);
        Assert.Equal("delete failure better", On(active));
        Assert.Empty(Raised());
    }

    [Fact]
    public void Switches_win_over_the_file_and_may_name_its_rules()
    {
        File.WriteAllText(RulesFile, Good);
        var (active, _) = Over(new AlertOptions { RulesFile = RulesFile, Rules = { ["delete"] = true, ["mine"] = false, ["unauthorized"] = true } });

        Assert.Equal("delete failure unauthorized", On(active));
    }

    [Fact]
    public void Rules_in_the_setting_count_before_those_of_the_file()
    {
        File.WriteAllText(RulesFile, """{"rules":[{"name":"mine","severity":"warning"}]}""");
        var (active, _) = Over(new AlertOptions { RulesFile = RulesFile, RulesJson = Good });

        Assert.Equal("warning", active.Current.Find("mine")?.Severity);
    }

    [Fact]
    public void Rules_that_are_wrong_at_the_start_stop_it_by_the_name_of_the_setting()
    {
        File.WriteAllText(RulesFile, Bad);
        var options = new AlertOptions { RulesFile = RulesFile, RulesJson = "{", Rules = { ["nothing"] = true } };

        var faults = new AlertOptionsValidator().Validate(null, options).Failures!.ToList();

        Assert.Equal(3, faults.Count);
        Assert.StartsWith("Trailgate:Alerts:RulesJson: line 1, column 2: this is no JSON.", faults[0], StringComparison.Ordinal);
        Assert.StartsWith("Trailgate:Alerts:RulesFile: line 1, column 11, rules[0]:", faults[1], StringComparison.Ordinal);
        Assert.StartsWith("Trailgate:Alerts:Rules:nothing is no known rule.", faults[2], StringComparison.Ordinal);
        Assert.Throws<OptionsValidationException>(() => Over(options));
    }

    [Fact]
    public async Task A_dispatcher_asks_the_rules_that_are_in_force_when_it_is_asked()
    {
        var (active, reloader) = OverFile("""{"rules":[]}""");
        var dispatcher = new AlertDispatcher(_world.Stores, _world.Queue, active, _world.Time, NullLogger<AlertDispatcher>.Instance);
        var line = AlertWorld.Line(1);
        Assert.True(dispatcher.Matches(AlertWorld.Parsed(line), line.Span));

        File.WriteAllText(RulesFile, """{"rules":[{"name":"delete","enabled":false}]}""");
        await reloader.LookAsync(CancellationToken.None);

        Assert.False(dispatcher.Matches(AlertWorld.Parsed(line), line.Span));
    }

    private string RulesFile => _folder.Combine("rules.json");

    private static string On(ActiveRules active) => string.Join(' ', active.Current.Rules);

    private IReadOnlyList<string> Raised() =>
        [.. _world.AlertPaths.Where(path => path.StartsWith("matches/pipeline/", StringComparison.Ordinal)).Select(_world.Text)];

    private (ActiveRules Active, RuleReloader Reloader) OverFile(string text)
    {
        File.WriteAllText(RulesFile, text);
        return Over(new AlertOptions { RulesFile = RulesFile });
    }

    private (ActiveRules Active, RuleReloader Reloader) Over(AlertOptions options)
    {
        var source = new RuleSource(options, _world.Store);
        var active = ActiveRules.Open(source, _world.Time, NullLogger<ActiveRules>.Instance);
        return (active, new RuleReloader(source, active, _world.Dispatcher, _world.Time, NullLogger<RuleReloader>.Instance));
    }
}
