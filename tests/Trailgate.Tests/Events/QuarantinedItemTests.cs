using System.Text;
using Trailgate.Events;

namespace Trailgate.Tests.Events;

public sealed class QuarantinedItemTests
{
    [Theory]
    [InlineData("{\"quarantined\":{\"region\":\"unknown\",\"reason\":\"action is missing\",\"content\":{}}}", "unknown")]
    [InlineData("{\"quarantined\":{\"region\":\"eu-de\"}}", "eu-de")]
    [InlineData("{\"quarantined\":{\"content\":{\"region\":\"eu-de\",\"a\":[{\"region\":1}]},\"region\":\"us-south\"}}", "us-south")]
    public void The_region_of_an_item_is_its_own_and_not_its_contents(string line, string region)
    {
        Assert.True(QuarantinedItem.TryReadRegion(Encoding.UTF8.GetBytes(line), out var read));

        Assert.Equal(region, read.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"action\":\"a.b.read\"}")]
    [InlineData(" {\"quarantined\":{\"region\":\"eu-de\"}}")]
    [InlineData("{\"quarantined\":")]
    [InlineData("{\"quarantined\":\"region\"}")]
    [InlineData("{\"quarantined\":5}")]
    [InlineData("{\"quarantined\":[\"region\",\"eu-de\"]}")]
    [InlineData("{\"quarantined\":{}}")]
    [InlineData("{\"quarantined\":{},\"region\":\"eu-de\"}")]
    [InlineData("{\"quarantined\":{\"content\":{\"region\":\"eu-de\"}}}")]
    [InlineData("{\"quarantined\":{\"region\":")]
    [InlineData("{\"quarantined\":{\"region\":5}}")]
    [InlineData("{\"quarantined\":{\"region\":null}}")]
    [InlineData("{\"quarantined\":{\"region\":{}}}")]
    [InlineData("{\"quarantined\":{\"region\":\"EU DE\"}}")]
    public void Damaged_and_other_lines_have_none(string line)
    {
        Assert.False(QuarantinedItem.TryReadRegion(Encoding.UTF8.GetBytes(line), out var region));

        Assert.Equal(Region.Unknown, region);
    }
}
