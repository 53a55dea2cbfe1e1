using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Trailgate.Hosting;

namespace Trailgate.Tests.Hosting;

public sealed class OptionsTests
{
    private const string Hash = "sha256:4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631";

    [Fact]
    public void Without_settings_the_defaults_pass() => Assert.Empty(FailuresOf([]));

    [Fact]
    public void A_key_with_hash_and_scopes_passes() =>
        Assert.Empty(FailuresOf(new() { ["Trailgate:Keys:ci:Hash"] = Hash, ["Trailgate:Keys:ci:Scopes"] = "ingest" }));

    [Theory]
    [InlineData("Trailgate:Keys:ci:Hash", "abc")]
    [InlineData("Trailgate:Keys:ci:Hash", "sha256:7ec1")]
    [InlineData("Trailgate:Keys:ci:Hash", "sha256:z104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631")]
    [InlineData("Trailgate:Keys:ci:Hash", "md5:4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631")]
    [InlineData("Trailgate:Keys:ci:Scopes", "everything")]
    [InlineData("Trailgate:Data", "")]
    [InlineData("Trailgate:Handshake:Origins", "https://eventgrid.azure.net")]
    [InlineData("Trailgate:Handshake:Origins", "eventgrid.azure.net:443")]
    [InlineData("Trailgate:Handshake:Rate", "-1")]
    [InlineData("Trailgate:Handshake:Subscriptions", "not a name")]
    public void A_wrong_setting_is_named_in_full(string setting, string value)
    {
        var settings = new Dictionary<string, string?> { ["Trailgate:Keys:ci:Hash"] = Hash, ["Trailgate:Keys:ci:Scopes"] = "ingest", [setting] = value };

        var failure = Assert.Single(FailuresOf(settings));

        Assert.StartsWith(setting, failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("03:00:00", "03:00:00", true)]
    [InlineData("06:00:00", "03:00:00", true)]
    [InlineData("06:00:00", "06:00:01", false)]
    public void A_ledger_is_late_only_after_the_longest_silence_that_is_permitted(string interval, string late, bool isWrong)
    {
        var failures = FailuresOf(new() { ["Trailgate:Archive:NoteInterval"] = interval, ["Trailgate:Alerts:LedgerLate"] = late });

        Assert.Equal(isWrong ? [$"Trailgate:Alerts:LedgerLate is {late} and must be longer than Trailgate:Archive:NoteInterval, which is {interval}"] : [], failures.Select(failure => failure.Split(": a quiet ledger")[0]));
    }

    [Fact]
    public void All_wrong_settings_are_reported_at_once()
    {
        var failures = FailuresOf(new()
        {
            ["Trailgate:Data"] = "",
            ["Trailgate:Keys:a:Hash"] = "x",
            ["Trailgate:Keys:b:Hash"] = Hash,
            ["Trailgate:Keys:b:Scopes"] = "read",
            ["Trailgate:Keys:c:Hash"] = Hash,
            ["Trailgate:Keys:c:Scopes"] = "read",
        });

        Assert.Equal(
            ["Trailgate:Data", "Trailgate:Keys:a:Hash", "Trailgate:Keys:a:Scopes", "Trailgate:Keys:c:Hash"],
            failures.Select(failure => failure.Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Trailgate:Dara", "Did you mean Trailgate:Data?")]
    [InlineData("Trailgate:Keys:ci:Scope", "Did you mean Trailgate:Keys:{name}:Scopes?")]
    [InlineData("Trailgate:SomethingElse", "the README lists them")]
    public void A_setting_that_nothing_reads_stops_the_start(string setting, string hint)
    {
        var settings = new Dictionary<string, string?> { ["Trailgate:Keys:ci:Hash"] = Hash, ["Trailgate:Keys:ci:Scopes"] = "read", [setting] = "x" };

        var failure = Assert.Single(FailuresOf(settings));

        Assert.StartsWith(setting + " is no setting", failure, StringComparison.Ordinal);
        Assert.Contains(hint, failure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_that_is_named_like_the_command_is_somebody_elses()
    {
        Assert.Empty(FailuresOf(new Dictionary<string, string?> { ["TRAILGATE"] = "/opt/trailgate", ["Trailgate:Keys:ci:Hash"] = Hash, ["Trailgate:Keys:ci:Scopes"] = "read" }));
    }

    public static TheoryData<string> TimeSpans =>
    [
        .. SettingNames.Classes.SelectMany(pair => SettingNames.Of(pair.Section, pair.Options))
            .Where(setting => (Nullable.GetUnderlyingType(setting.Type) ?? setting.Type) == typeof(TimeSpan))
            .Select(setting => setting.Name.Replace(SettingNames.Placeholder, "x", StringComparison.Ordinal)).Distinct(),
    ];

    [Theory]
    [MemberData(nameof(TimeSpans))]
    public void A_time_span_is_written_in_two_ways_and_no_other(string setting)
    {
        foreach (var value in (string[])["1", "5", "90s", "25:00:00", "1:6:00:00", "00:05", "00:00:01.5"])
        {
            Assert.Contains(
                $"{setting} is '{value}'; it must be a time span, hours:minutes:seconds such as 01:30:00, or with days before it such as 1.06:00:00.",
                FailuresOf(new() { [setting] = value }));
        }
    }

    [Theory]
    [InlineData("Trailgate:Ingest:MaxBodyBytes", "16MiB", "a whole number up to 2147483647")]
    [InlineData("Trailgate:Ingest:MaxBodyBytes", "16777216.5", "a whole number up to 2147483647")]
    [InlineData("Trailgate:Ingest:MaxEvents", "99999999999", "a whole number up to 2147483647")]
    [InlineData("Trailgate:Ingest:MaxEvents", "", "a whole number up to 2147483647")]
    [InlineData("Trailgate:Ingest:InFlightBytes", "1e9", "a whole number up to 9223372036854775807")]
    [InlineData("Trailgate:Ingest:Receipts", "on", "true or false")]
    [InlineData("Trailgate:Redaction:Names", "1", "true or false")]
    [InlineData("Trailgate:Connection:Retries", "four", "a whole number up to 2147483647")]
    public void A_value_that_can_not_be_read_is_named_with_what_it_must_be(string setting, string value, string expected) =>
        Assert.Equal([$"{setting} is '{value}'; it must be {expected}."], FailuresOf(new() { [setting] = value }));

    [Fact]
    public void All_values_that_can_not_be_read_are_reported_at_once()
    {
        var failures = FailuresOf(new()
        {
            ["Trailgate:Ingest:MaxEvents"] = "many",
            ["Trailgate:Ingest:Receipts"] = "on",
            ["Trailgate:Archive:NoteInterval"] = "1",
            ["Trailgate:Keys:a:Hash"] = "x",
            ["Trailgate:Keys:a:Scopes"] = "read",
        });

        Assert.Equal(
            ["Trailgate:Archive:NoteInterval", "Trailgate:Ingest:MaxEvents", "Trailgate:Ingest:Receipts", "Trailgate:Keys:a:Hash"],
            failures.Select(failure => failure.Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_empty_retention_keeps_for_ever() => Assert.Empty(FailuresOf(new() { ["Trailgate:Alerts:Retention"] = "" }));

    [Fact]
    public void Every_setting_is_of_a_type_whose_values_are_looked_at() => Assert.All(
        SettingNames.Classes.SelectMany(pair => SettingNames.Of(pair.Section, pair.Options)),
        setting => Assert.Contains(
            Nullable.GetUnderlyingType(setting.Type) ?? setting.Type, (Type[])[typeof(string), typeof(bool), typeof(int), typeof(long), typeof(TimeSpan)]));

    [Fact]
    public void Settings_of_others_are_left_alone() =>
        Assert.Empty(FailuresOf(new() { ["Logging:LogLevel:Default"] = "Debug", ["TrailgateX"] = "y" }));

    private static List<string> FailuresOf(Dictionary<string, string?> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        using var services = new ServiceCollection().AddLogging().AddTrailgate(configuration).BuildServiceProvider();
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (OptionsValidationException e)
        {
            return [.. e.Failures];
        }
        catch (AggregateException e)
        {
            return [.. e.InnerExceptions.Cast<OptionsValidationException>().SelectMany(inner => inner.Failures)];
        }
    }
}
