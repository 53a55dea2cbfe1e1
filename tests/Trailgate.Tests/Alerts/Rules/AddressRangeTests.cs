using System.Text;
using Trailgate.Alerts.Rules;

namespace Trailgate.Tests.Alerts.Rules;

public sealed class AddressRangeTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0", true)]
    [InlineData("10.0.0.0/8", "10.255.255.255", true)]
    [InlineData("10.0.0.0/8", "9.255.255.255", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "10.1.2", false)]
    [InlineData("10.0.0.0/8", "10.1.2.3.4", false)]
    [InlineData("10.0.0.0/8", "10.1.2.03", false)]
    [InlineData("10.0.0.0/8", "10.1.2.256", false)]
    [InlineData("10.0.0.0/8", "10.1.2.3 ", false)]
    [InlineData("10.0.0.0/8", "", false)]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("0.0.0.0/0", "255.255.255.255", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("::/0", "1.2.3.4", true)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::1", false)]
    [InlineData("::ffff:10.0.0.0/104", "10.9.9.9", true)]
    public void A_range_holds_the_addresses_that_begin_like_it(string range, string address, bool expected)
    {
        Assert.True(AddressRange.TryParse(range, out var parsed));

        Assert.Equal(expected, parsed.Contains(Encoding.UTF8.GetBytes(address)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.1.2.3/8")]
    [InlineData("10.0.0/8")]
    [InlineData("2001:db8::/129")]
    [InlineData("localhost")]
    public void What_is_no_range_is_refused(string text) => Assert.False(AddressRange.TryParse(text, out _));
}
