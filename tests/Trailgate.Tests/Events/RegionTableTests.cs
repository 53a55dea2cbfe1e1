using System.Text;
using Trailgate.Events;

namespace Trailgate.Tests.Events;

public sealed class RegionTableTests
{
    private readonly RegionTable _table = new([]);

    /// <summary>IBM's regions with their data centres, by hand from the provider's pages on locations.</summary>
    private static readonly (string Region, string DataCentres)[] Ibm =
    [
        ("us-south", "dal08 dal09 dal10 dal12 dal13 dal14"),
        ("us-east", "wdc03 wdc04 wdc06 wdc07"),
        ("br-sao", "sao01 sao04 sao05"),
        ("ca-tor", "tor01 tor04 tor05"),
        ("ca-mon", "mon01 mon04"),
        ("eu-de", "fra02 fra04 fra05"),
        ("eu-gb", "lon02 lon04 lon05 lon06"),
        ("eu-es", "mad02 mad04 mad05"),
        ("eu-fr2", "par01 par04 par05 par06"),
        ("au-syd", "syd01 syd04 syd05"),
        ("jp-tok", "tok02 tok04 tok05"),
        ("jp-osa", "osa21 osa22 osa23"),
        ("in-che", "che01 che02"),
        ("in-mum", "mum02 mum03 mum05"),
        ("sjc", "sjc03 sjc04"),
        ("ams", "ams03"),
    ];

    public static TheoryData<string, string> IbmLocations
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (region, dataCentres) in Ibm)
            {
                foreach (var location in dataCentres.Split(' ').Append(region))
                {
                    data.Add(location, region);
                }
            }

            foreach (var region in Ibm.Select(row => row.Region).Where(region => region.Contains('-', StringComparison.Ordinal)))
            {
                data.Add(region + "-1", region);
                data.Add(region + "-2", region);
                data.Add(region + "-3", region);
            }

            data.Add("us-south-dal10-a", "us-south");
            data.Add("us-south-dal12-a", "us-south");
            data.Add("eu-de-fra02-a", "eu-de");
            data.Add("jp-osa-osa21-a", "jp-osa");
            data.Add("ng", "us-south");
            data.Add("global", "global");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(IbmLocations))]
    public void A_location_of_a_crn_belongs_to_its_region_in_any_case(string location, string region)
    {
        Assert.Equal(region, Resolve(location, inCrn: true));
        Assert.Equal(region, Resolve(location.ToUpperInvariant(), inCrn: true));
    }

    [Theory]
    [InlineData("us-south-1", "us-south")]
    [InlineData("dal09", "us-south")]
    [InlineData("us-east", "us-east")]
    [InlineData("us-east-1", "us-east-1")]
    [InlineData("us-east-1a", "us-east-1")]
    [InlineData("ap-southeast-2c", "ap-southeast-2")]
    [InlineData("eu-west-1", "eu-west-1")]
    [InlineData("us-east1", "us-east1")]
    [InlineData("us-east1-b", "us-east1")]
    [InlineData("europe-west12-c", "europe-west12")]
    [InlineData("westeurope", "westeurope")]
    [InlineData("EastUS2", "eastus2")]
    public void Outside_a_crn_the_names_of_other_providers_come_first(string location, string region) =>
        Assert.Equal(region, Resolve(location, inCrn: false));

    [Theory]
    [InlineData("us-east-1", "us-east")]
    [InlineData("us-east-2", "us-east")]
    [InlineData("eu-west-1", "eu-west-1")]
    public void In_a_crn_a_zone_of_ibm_comes_first(string location, string region) => Assert.Equal(region, Resolve(location, inCrn: true));

    [Theory]
    [InlineData("")]
    [InlineData("unknown")]
    [InlineData("undefined")]
    [InlineData("us-south-")]
    [InlineData("us-south-x")]
    [InlineData("us-south-10")]
    [InlineData("us-south-dal10-")]
    [InlineData("us-southdal10-a")]
    [InlineData("dal")]
    [InlineData("dal9")]
    [InlineData("dal099")]
    [InlineData("dalxx")]
    [InlineData("xyz01")]
    [InlineData("eu-east-1")]
    [InlineData("satloc_dal_c8jc3ksd0u0bv4cmsc70")]
    [InlineData("../us-south")]
    [InlineData("us-south/")]
    [InlineData(" us-south")]
    [InlineData("ünknown")]
    [InlineData("us-south-us-south-us-south-us-south-us-south")]
    public void What_nobody_knows_is_no_region(string location)
    {
        Assert.Null(Resolve(location, inCrn: true));
        Assert.Null(Resolve(location, inCrn: false));
    }

    [Fact]
    public void Every_row_of_the_table_resolves_to_its_region()
    {
        var rows = TsvResource.Rows("regions.tsv").ToList();

        Assert.Equal(rows.Count, rows.Select(row => row[0] + " " + (row[1] == "metro")).Distinct(StringComparer.Ordinal).Count());
        Assert.All(rows, row =>
        {
            var (location, region) = row[1] switch
            {
                "metro" => (row[0] + "01", row[2]),
                "alias" => (row[0], row[2]),
                _ => (row[0], row[0]),
            };
            Assert.Equal(region, Resolve(location, inCrn: false));
        });
    }

    [Fact]
    public void The_table_has_ibms_regions_and_metros_and_no_more_of_them()
    {
        var rows = TsvResource.Rows("regions.tsv").ToList();

        Assert.Equal(
            Ibm.Select(row => row.Region).Order(StringComparer.Ordinal),
            rows.Where(row => row[1] == "region" && row[2] == "ibm").Select(row => row[0]).Order(StringComparer.Ordinal));
        Assert.Equal(
            Ibm.Select(row => row.DataCentres[..3] + " " + row.Region).Order(StringComparer.Ordinal),
            rows.Where(row => row[1] == "metro").Select(row => row[0] + " " + row[2]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Settings_add_regions_of_their_own()
    {
        var table = new RegionTable(["dc-basel"]);

        Assert.True(table.TryResolve("DC-Basel"u8, inCrn: true, out var region));
        Assert.Equal("dc-basel", region.Name);
        Assert.Null(Resolve("dc-basel", inCrn: true));
    }

    [Fact]
    public void A_region_that_is_no_name_is_refused_by_name() =>
        Assert.Contains("Basel!", Assert.Throws<ArgumentException>(() => new RegionTable(["Basel!"])).Message, StringComparison.Ordinal);

    private string? Resolve(string location, bool inCrn) =>
        _table.TryResolve(Encoding.UTF8.GetBytes(location), inCrn, out var region) ? region.Name : null;
}
