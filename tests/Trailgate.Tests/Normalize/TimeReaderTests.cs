using System.Text;
using Trailgate.Normalize;

namespace Trailgate.Tests.Normalize;

public sealed class TimeReaderTests
{
    // The forms of the sample corpus (FACTS, sections 1, 9 and 10) and their relatives, each with its instant by hand.
    [Theory]
    [InlineData("2017-10-19T19:07:50.32+0000", "2017-10-19T19:07:50.320Z")]
    [InlineData("2020-06-02T18:42:55.149+0000", "2020-06-02T18:42:55.149Z")]
    [InlineData("2019-11-27T00:03:01.8+0000", "2019-11-27T00:03:01.800Z")]
    [InlineData("2019-12-20T16:38:06Z", "2019-12-20T16:38:06.000Z")]
    [InlineData("2020-03-08T12:22:01+00:00", "2020-03-08T12:22:01.000Z")]
    [InlineData("2020-03-08T12:22:01-06:00", "2020-03-08T18:22:01.000Z")]
    [InlineData("2020-03-08T12:22:01-0600", "2020-03-08T18:22:01.000Z")]
    [InlineData("2020-03-08T12:22:01+05", "2020-03-08T07:22:01.000Z")]
    [InlineData("2021-1-17T03:04:05.06+0000", "2021-01-17T03:04:05.060Z")]
    [InlineData("2021-1-7T3:4:5Z", "2021-01-07T03:04:05.000Z")]
    [InlineData("2017-10-19 19:07:50.32 +0000 UTC", "2017-10-19T19:07:50.320Z")]
    [InlineData("2017-10-19 19:07:50.32 +0000 UTC m=+0.0004", "2017-10-19T19:07:50.320Z")]
    [InlineData("2017-10-19 21:07:50.32 +0200 CEST", "2017-10-19T19:07:50.320Z")]
    [InlineData("2017-10-19 16:07:50.32 -0300 -03", "2017-10-19T19:07:50.320Z")]
    [InlineData("2017-10-20 00:37:50.32 +0530 +0530 m=+0.0004", "2017-10-19T19:07:50.320Z")]
    [InlineData("2013-07-29T06: 51: 34.474815+00:00", "2013-07-29T06:51:34.474815Z")]
    [InlineData("2014-02-14T01: 20: 47.932842+0000", "2014-02-14T01:20:47.932842Z")]
    [InlineData("2017-10-19T19:07:50.32 0000", "2017-10-19T19:07:50.320Z")]
    [InlineData("2026-03-19T06:27:45.396909981Z", "2026-03-19T06:27:45.396909981Z")]
    [InlineData("2026-03-19T06:27:45.1234567Z", "2026-03-19T06:27:45.1234567Z")]
    [InlineData("2026-03-19t06:27:45,5z", "2026-03-19T06:27:45.500Z")]
    [InlineData(" 2026-03-19T06:27Z ", "2026-03-19T06:27:00.000Z")]
    [InlineData("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z")]
    [InlineData("2018-07-24 10:58:45.284 GMT", "2018-07-24T10:58:45.284Z")]
    [InlineData("1500000000", "2017-07-14T02:40:00.000Z")]
    [InlineData("1500000000.25", "2017-07-14T02:40:00.250Z")]
    [InlineData("1500000000123", "2017-07-14T02:40:00.123Z")]
    public void A_time_is_read_in_each_form_that_sources_write(string text, string expected)
    {
        Assert.True(TimeReader.TryRead(Encoding.UTF8.GetBytes(text), out var time, out var zoneAssumed));

        Assert.Equal(expected, time.ToString());
        Assert.False(zoneAssumed);
    }

    [Theory]
    [InlineData("2018-07-24 10:58:45.284 EDT", "2018-07-24T14:58:45.284Z")]
    [InlineData("2020-07-31 11:52:38.091 CDT", "2020-07-31T16:52:38.091Z")]
    [InlineData("2020-01-31 11:52:38 PST", "2020-01-31T19:52:38.000Z")]
    [InlineData("2018-07-10 12:15:34.339", "2018-07-10T12:15:34.339Z")]
    [InlineData("2018-07-10T12:15:34", "2018-07-10T12:15:34.000Z")]
    public void A_zone_that_is_missing_or_ambiguous_is_said_to_be_assumed(string text, string expected)
    {
        Assert.True(TimeReader.TryRead(Encoding.UTF8.GetBytes(text), out var time, out var zoneAssumed));

        Assert.Equal(expected, time.ToString());
        Assert.True(zoneAssumed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("2020-02-30T00:00:00Z")]
    [InlineData("2020-13-01T00:00:00Z")]
    [InlineData("2020-01-01T24:00:00Z")]
    [InlineData("2020-01-01T10:60:00Z")]
    [InlineData("2020-01-01T10:00:00+25:00")]
    [InlineData("2020-01-01T10:00:00 IST")]
    [InlineData("2020-01-01T10:00:00.Z")]
    [InlineData("2017-10-19 16:07:50.32 -0300 -0")]
    [InlineData("2017-10-19 16:07:50.32 -0300 -03000")]
    [InlineData("2017-10-19 16:07:50.32 -0300 -03 -03")]
    [InlineData("2020-01-01T10:00:00Zjunk")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00+01:00")]
    [InlineData("9999-12-31T23:59:59-01:00")]
    [InlineData("2020-01-01")]
    [InlineData("12345")]
    [InlineData("99999999999999999999")]
    [InlineData("1500000000.")]
    [InlineData("1e999")]
    public void What_is_not_understood_is_no_time(string text)
    {
        Assert.False(TimeReader.TryRead(Encoding.UTF8.GetBytes(text), out _, out _));
    }
}
