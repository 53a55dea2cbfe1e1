using System.Text;
using Trailgate.Events;

namespace Trailgate.Tests.Events;

public sealed class RegionTests
{
    [Theory]
    [InlineData("us-south")]
    [InlineData("global")]
    [InlineData("unknown")]
    [InlineData("europe-west12")]
    [InlineData("a")]
    [InlineData("abcdefghijabcdefghijabcdefghijabcdefghij")]
    public void A_stored_name_is_read(string name)
    {
        Assert.True(Region.TryParse(name, out var fromText));
        Assert.True(Region.TryParse(Encoding.ASCII.GetBytes(name), out var fromUtf8));

        Assert.Equal((name, name), (fromText.Name, fromUtf8.Name));
        Assert.Equal(fromText, fromUtf8);
    }

    [Theory]
    [InlineData("")]
    [InlineData("US-SOUTH")]
    [InlineData("us south")]
    [InlineData("us_south")]
    [InlineData("../us-south")]
    [InlineData("us/south")]
    [InlineData("us.south")]
    [InlineData("ü")]
    [InlineData("us-south\0")]
    [InlineData("us-south\n")]
    [InlineData("abcdefghijabcdefghijabcdefghijabcdefghijk")]
    public void What_could_leave_its_directory_or_look_like_another_name_is_none(string name)
    {
        Assert.False(Region.TryParse(name, out var fromText));
        Assert.False(Region.TryParse(Encoding.UTF8.GetBytes(name), out var fromUtf8));

        Assert.Equal((Region.Unknown, Region.Unknown), (fromText, fromUtf8));
    }

    [Fact]
    public void No_region_at_all_is_unknown()
    {
        Assert.Equal(Region.Unknown, default);
        Assert.Equal(Region.Unknown.GetHashCode(), default(Region).GetHashCode());
        Assert.Equal("unknown", default(Region).ToString());
    }

    [Fact]
    public void Regions_sort_by_name_byte_by_byte()
    {
        Region[] regions = [.. new[] { "us-south", "global", "us-east", "eu-de", "us-east-1" }.Select(name => Region.TryParse(name, out var region) ? region : default)];

        Assert.Equal(["eu-de", "global", "us-east", "us-east-1", "us-south"], regions.Order().Select(region => region.Name));
    }

    [Fact]
    public void Names_that_outsiders_make_up_are_not_kept_for_ever()
    {
        for (var i = 0; i < 10_000; i++)
        {
            Assert.True(Region.TryParse($"made-up-{i}", out _));
        }

        Assert.True(Region.TryParse("made-up-9999", out var first));
        Assert.True(Region.TryParse("made-up-9999", out var second));

        Assert.Equal(first, second);
        Assert.NotSame(first.Name, second.Name);
    }
}
