using Microsoft.AspNetCore.Http.Features;
using Trailgate.Events;
using Trailgate.Ingest;
using Trailgate.Storage;
using Trailgate.Tests.Storage;

namespace Trailgate.Tests.Ingest;

/// <summary>In which store what is kept.</summary>
public sealed class ResidencyRuleTests
{
    private readonly Residency _residency;

    public ResidencyRuleTests()
    {
        var stores = new Stores(new[] { "default", "eu", "us" }.Select(name => new Store(name, new MemoryBlobStore())));
        _residency = new Residency(
            stores,
            new RegionTable([]),
            new Dictionary<Region, string> { [Named("eu-de")] = "eu", [Named("us-south")] = "us", [Named("jp-tok")] = "default" },
            new Dictionary<string, string> { ["berlin"] = "eu" });
    }

    [Theory]
    [InlineData("eu-de", null, null, "eu")]
    [InlineData("eu-de", "us", "berlin", "eu")]
    [InlineData("us-south", "eu", "berlin", "us")]
    [InlineData("jp-tok", "eu", "berlin", "default")]
    [InlineData("au-syd", null, null, "default")]
    [InlineData("au-syd", null, "berlin", "eu")]
    [InlineData("au-syd", null, "paris", "default")]
    [InlineData("au-syd", "us", null, "us")]
    [InlineData("au-syd", "us", "berlin", "us")]
    [InlineData("au-syd", "default", "berlin", "default")]
    [InlineData("unknown", "eu", null, "eu")]
    [InlineData("unknown", null, null, "default")]
    public void The_region_decides_then_the_key_then_the_source(string region, string? keyStore, string? source, string store)
    {
        var request = new FeatureCollection();
        if (keyStore is not null)
        {
            request.Set(new KeyStore(keyStore));
        }

        Assert.Equal(store, _residency.StoreOf(Named(region), _residency.HomeOf(request, source)).Name);
    }

    [Theory]
    [InlineData("""{"logSourceCRN":"crn:v1:bluemix:public:codeengine:eu-de:a/1:::"}""", "eu")]
    [InlineData("""{"target":{"id":"crn:v1:bluemix:public:codeengine:eu-de-2:a/1:::"}}""", "eu")]
    [InlineData("""{"logSourceCRN":"crn:v1:bluemix:public:codeengine:global:a/1:::","target":{"id":"crn:v1:bluemix:public:codeengine:eu-de:a/1:::"}}""", "eu")]
    [InlineData("""{"target":{"id":"crn:v1:bluemix:public:codeengine:us-south:a/1:::"},"logSourceCRN":"crn:v1:bluemix:public:codeengine:eu-de:a/1:::"}""", "eu")]
    [InlineData("""{"responseData":{"bucketLocation":"eu-de"}}""", "eu")]
    [InlineData("""{"requestData":{"region":"fra02"}}""", "eu")]
    [InlineData("""{"region" : "EU-DE"}""", "eu")]
    [InlineData("""{"logSourceCRN":"crn:v1:bluemix:public:codeengine:eu-de:a/1""", "eu")]
    [InlineData("""<13>1 host app: {\"logSourceCRN\":\"crn:v1:bluemix:public:codeengine:eu-de:a\/1:::\"} trailing""", "eu")]
    [InlineData("region=eu-de outcome=success", "eu")]
    [InlineData("""{"regions":["eu-de"]}""", "default")]
    [InlineData("""{"region":"somewhere-else"}""", "default")]
    [InlineData("""{"region":"somewhere-else","target":{"region":"eu-de"}}""", "eu")]
    [InlineData("the region eu-de is not named as one", "default")]
    [InlineData("""{"logSourceCRN":""", "default")]
    [InlineData("region", "default")]
    [InlineData("crn:", "default")]
    [InlineData("", "default")]
    public void What_is_no_event_is_kept_by_the_region_that_can_be_read_in_it(string raw, string store)
    {
        var home = _residency.HomeOf(new FeatureCollection(), null);

        Assert.Equal(store, _residency.StoreOfQuarantined(System.Text.Encoding.UTF8.GetBytes(raw), [], null, home).Name);
        Assert.Equal(store, _residency.StoreOfQuarantined("{}"u8, System.Text.Encoding.UTF8.GetBytes(raw), null, home).Name);
    }

    [Fact]
    public void A_rule_for_a_store_that_does_not_exist_is_refused() =>
        Assert.Throws<ArgumentException>(() => new Residency(
            new Stores(OneStore.Over(new MemoryBlobStore())), new RegionTable([]), new Dictionary<Region, string> { [Named("eu-de")] = "eu" }, new Dictionary<string, string>()));

    private static Region Named(string name) => Region.TryParse(name.AsSpan(), out var region) ? region : throw new ArgumentException(name, nameof(name));
}
