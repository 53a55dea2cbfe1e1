using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Trailgate.Events;
using Trailgate.Hosting;
using Trailgate.Ingest;
using Trailgate.Storage;
using Trailgate.Tests.Storage;

namespace Trailgate.Tests.Hosting;

/// <summary>Stores and what is assigned to them, as settings say it.</summary>
public sealed class StoreSettingsTests
{
    private const string Hash = "sha256:4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631";

    [Theory]
    [InlineData("Trailgate:Stores:us:Data", "", "must name a directory")]
    [InlineData("Trailgate:Stores:eu:Connection", "AccountName=eu;AccountKey=c2VjcmV0", "a store is one of them")]
    [InlineData("Trailgate:Stores:us:Data", "./eu", "overlap")]
    [InlineData("Trailgate:Stores:us:Data", "./eu/", "overlap")]
    [InlineData("Trailgate:Stores:us:Data", "./eu/inside", "overlap")]
    [InlineData("Trailgate:Stores:us:Data", "./x/../data", "overlap")]
    [InlineData("Trailgate:Stores:us:Data", ".", "overlap")]
    [InlineData("Trailgate:Stores:default:Data", "./other", "default store")]
    [InlineData("Trailgate:Stores:Us:Data", "./us", "lower-case")]
    [InlineData("Trailgate:Stores:us west:Data", "./us", "lower-case")]
    [InlineData("Trailgate:Stores:eu:Date", "./us", "Did you mean Trailgate:Stores:{name}:Data?")]
    [InlineData("Trailgate:Regions:us-south", "us", "must be one of the stores default, eu;")]
    [InlineData("Trailgate:Regions:us-south", "", "must be one of the stores default, eu;")]
    [InlineData("Trailgate:Regions:us-south", "EU", "must be one of the stores default, eu;")]
    [InlineData("Trailgate:Regions:Basel!", "eu", "is no region")]
    [InlineData("Trailgate:Regions:dal09", "eu", "places in us-south")]
    [InlineData("Trailgate:Regions:eu-de-1", "eu", "places in eu-de")]
    [InlineData("Trailgate:Regions:eu_de", "eu", "a second time")]
    [InlineData("Trailgate:Regions", "dc-basel,dc-bern", "Did you mean Trailgate:Regions:{name}?")]
    [InlineData("Trailgate:Keys:ci:Store", "us", "must be one of the stores default, eu;")]
    [InlineData("Trailgate:Sources:ibm:Store", "us", "must be one of the stores default, eu;")]
    [InlineData("Trailgate:Sources:IBM!:Store", "eu", "is no source")]
    public void A_wrong_setting_stops_the_start_by_its_name(string setting, string value, string reason)
    {
        using var services = Services([("Trailgate:Stores:eu:Data", "./eu"), ("Trailgate:Regions:eu-de", "eu"),
            ("Trailgate:Keys:ci:Hash", Hash), ("Trailgate:Keys:ci:Scopes", "ingest"), (setting, value)]);

        var failure = Assert.Single(FailuresOf(services));

        Assert.StartsWith(failure.Split(' ')[0], setting, StringComparison.Ordinal);
        Assert.Contains(reason, failure, StringComparison.Ordinal);
    }

    // The binder leaves the whole entry out, and says nothing.
    [Theory]
    [InlineData("Trailgate:Stores:eu:Connection:Retries", "some", "a whole number")]
    [InlineData("Trailgate:Alerts:Rules:delete", "no", "true or false")]
    [InlineData("Trailgate:Alerts:Channels:a:Insecure", "yes", "true or false")]
    [InlineData("Trailgate:Alerts:Expect:f:Interval", "1h", "a time span")]
    public void A_value_that_can_not_be_read_under_a_chosen_name_stops_the_start(string setting, string value, string expected)
    {
        using var services = Services([("Trailgate:Stores:eu:Data", "./eu"), ("Trailgate:Alerts:Channels:a:Type", "webhook"),
            ("Trailgate:Alerts:Channels:a:Url", "https://hooks.example.com/x"), ("Trailgate:Alerts:Expect:f:Region", "eu-de"), (setting, value)]);

        Assert.Contains(FailuresOf(services), failure => failure.StartsWith($"{setting} is '{value}'; it must be {expected}", StringComparison.Ordinal));
    }

    [Fact]
    public void A_name_with_an_underscore_is_the_one_with_a_hyphen()
    {
        using var services = Services([("Trailgate:Stores:eu_west:Data", "./eu"), ("Trailgate:Regions:eu_de", "eu-west"), ("Trailgate:Sources:ibm_eu:Store", "eu-west")]);
        Assert.Empty(FailuresOf(services));

        var stores = services.GetRequiredService<Stores>();
        var residency = services.GetRequiredService<Residency>();

        Assert.Equal(["default", "eu-west"], stores.All.Select(store => store.Name));
        Assert.Equal("eu-west", residency.StoreOf(Named("eu-de"), stores.Default).Name);
        Assert.Equal("eu-west", residency.HomeOf(new Microsoft.AspNetCore.Http.Features.FeatureCollection(), "ibm-eu").Name);
    }

    [Fact]
    public void A_name_that_the_shipped_table_does_not_have_becomes_a_region()
    {
        using var services = Services([("Trailgate:Regions:dc-basel", "default")]);

        Assert.True(services.GetRequiredService<RegionTable>().TryResolve("dc-basel"u8, inCrn: true, out var region));
        Assert.Equal("dc-basel", region.Name);
    }

    [Fact]
    public void The_region_unknown_can_be_assigned_and_is_still_no_place_that_a_source_could_name()
    {
        using var services = Services([("Trailgate:Stores:eu:Data", "./eu"), ("Trailgate:Regions:unknown", "eu")]);

        Assert.Equal("eu", services.GetRequiredService<Residency>().StoreOf(Region.Unknown, services.GetRequiredService<Stores>().Default).Name);
        Assert.False(services.GetRequiredService<RegionTable>().TryResolve("unknown"u8, inCrn: false, out _));
    }

    [Fact]
    public void Each_store_is_opened_once_by_its_settings()
    {
        var opened = new List<string>();
        using var services = Services(
            [("Trailgate:Data", "./d"), ("Trailgate:Stores:eu:Data", "./e"), ("Trailgate:Stores:us:Data", "./u")],
            (name, settings) =>
            {
                opened.Add($"{name} {settings.Data}");
                return new MemoryBlobStore();
            });

        var stores = services.GetRequiredService<Stores>();

        Assert.Equal(["default ./d", "eu ./e", "us ./u"], opened);
        Assert.Same(stores.Default.Blobs, services.GetRequiredService<IBlobStore>());
    }

    private static Region Named(string name) => Region.TryParse(name.AsSpan(), out var region) ? region : throw new ArgumentException(name, nameof(name));

    private static ServiceProvider Services((string Name, string Value)[] settings, OpenStore? open = null) => new ServiceCollection()
        .AddLogging()
        .AddSingleton(open ?? ((_, _) => new MemoryBlobStore()))
        .AddTrailgate(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)))
            .Build())
        .BuildServiceProvider();

    private static List<string> FailuresOf(IServiceProvider services)
    {
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
