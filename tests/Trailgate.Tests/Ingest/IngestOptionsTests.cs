using Trailgate.Ingest;

namespace Trailgate.Tests.Ingest;

public sealed class IngestOptionsTests
{
    [Fact]
    public void The_defaults_are_those_of_the_design_and_valid()
    {
        var options = new IngestOptions();

        Assert.Equal((16 * 1024 * 1024, 64 * 1024 * 1024, 10_000, 64), (options.MaxBodyBytes, options.MaxInflatedBytes, options.MaxEvents, options.MaxDepth));
        Assert.Empty(FaultsOf(options));
    }

    public static TheoryData<string, IngestOptions> Wrong => new()
    {
        { "MaxBodyBytes", new() { MaxBodyBytes = 1023 } },
        { "MaxBodyBytes", new() { MaxBodyBytes = 256 * 1024 * 1024 + 1, InFlightBytes = long.MaxValue } },
        { "MaxInflatedBytes", new() { MaxInflatedBytes = 1023 } },
        { "MaxInflatedBytes", new() { MaxInflatedBytes = 1024 * 1024 * 1024 + 1, InFlightBytes = long.MaxValue } },
        { "MaxEvents", new() { MaxEvents = 0 } },
        { "MaxEvents", new() { MaxEvents = 100_001 } },
        { "MaxDepth", new() { MaxDepth = 3 } },
        { "MaxDepth", new() { MaxDepth = 129 } },
        { "Commits", new() { Commits = 0 } },
        { "Commits", new() { Commits = 17 } },
        { "InFlightBytes", new() { InFlightBytes = 80 * 1024 * 1024 - 1 } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_setting_is_named_with_its_value_and_what_it_may_be(string setting, IngestOptions options)
    {
        var fault = Assert.Single(FaultsOf(options));

        Assert.StartsWith($"Trailgate:Ingest:{setting} is ", fault, StringComparison.Ordinal);
        Assert.Contains("must be", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void The_ends_of_each_range_are_valid()
    {
        Assert.Empty(FaultsOf(new() { MaxBodyBytes = 1024, MaxInflatedBytes = 1024, MaxEvents = 1, MaxDepth = 4, Commits = 1, InFlightBytes = 2048 }));
        Assert.Empty(FaultsOf(new()
        {
            MaxBodyBytes = 256 * 1024 * 1024,
            MaxInflatedBytes = 1024 * 1024 * 1024,
            MaxEvents = 100_000,
            MaxDepth = 128,
            Commits = 16,
            InFlightBytes = 1280L * 1024 * 1024,
        }));
    }

    [Fact]
    public void All_faults_are_told_at_once() =>
        Assert.Equal(3, FaultsOf(new() { MaxEvents = 0, MaxDepth = 0, InFlightBytes = 0 }).Count());

    private static IEnumerable<string> FaultsOf(IngestOptions options) => options.Validate(null, options).Failures ?? [];
}
