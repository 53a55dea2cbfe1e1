using System.Text;
using FsCheck;
using Trailgate.Events;

namespace Trailgate.Tests.Events;

public sealed class EventTimeTests
{
    [Theory]
    [InlineData("0001-01-01T00:00:00.000Z")]
    [InlineData("1970-01-01T00:00:00.000Z")]
    [InlineData("2024-02-29T23:59:59.999Z")]
    [InlineData("2026-11-22T05:54:00.120Z")]
    [InlineData("2026-11-22T05:54:00.000100Z")]
    [InlineData("2026-11-22T05:54:00.0000001Z")]
    [InlineData("2026-11-22T05:54:00.000000001Z")]
    [InlineData("2026-11-22T05:54:00.123456789Z")]
    [InlineData("9999-12-31T23:59:59.999999999Z")]
    public void Text_round_trips(string text)
    {
        Assert.True(EventTime.TryParse(Encoding.ASCII.GetBytes(text), out var time));

        Assert.Equal(text, time.ToString());
    }

    [Theory]
    [InlineData("2026-11-22T05:54:00.1Z", "2026-11-22T05:54:00.100Z")]
    [InlineData("2026-11-22T05:54:00.12Z", "2026-11-22T05:54:00.120Z")]
    [InlineData("2026-11-22T05:54:00.1200Z", "2026-11-22T05:54:00.120Z")]
    [InlineData("2026-11-22T05:54:00.12345Z", "2026-11-22T05:54:00.123450Z")]
    [InlineData("2026-11-22T05:54:00.12345678Z", "2026-11-22T05:54:00.123456780Z")]
    [InlineData("2026-11-22T05:54:00.123456700Z", "2026-11-22T05:54:00.1234567Z")]
    public void Any_number_of_digits_is_read_and_as_few_are_written_as_lose_nothing(string given, string written)
    {
        Assert.True(EventTime.TryParse(Encoding.ASCII.GetBytes(given), out var time));

        Assert.Equal(written, time.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-11-22T05:54:00Z")]
    [InlineData("2026-11-22T05:54:00.Z")]
    [InlineData("2026-11-22T05:54:00.1234567890Z")]
    [InlineData("2026-11-22T05:54:00.123")]
    [InlineData("2026-11-22T05:54:00.123z")]
    [InlineData("2026-11-22T05:54:00.123+00:00")]
    [InlineData("2026-11-22 05:54:00.123Z")]
    [InlineData("2026-11-22T05:54:00,123Z")]
    [InlineData("2026-11-22T05:54:60.000Z")]
    [InlineData("2026-11-22T24:00:00.000Z")]
    [InlineData("2026-02-29T05:54:00.000Z")]
    [InlineData("2026-13-01T05:54:00.000Z")]
    [InlineData("0000-01-01T00:00:00.000Z")]
    [InlineData("2026-11-22T05:54:00.12-Z")]
    [InlineData("2026-11-22T05:54:00.1 3Z")]
    [InlineData(" 2026-11-2T05:54:00.123Z")]
    public void Other_text_is_no_time(string text) => Assert.False(EventTime.TryParse(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void Every_time_round_trips() => Prop.ForAll<long, byte>((ticks, nanoseconds) =>
    {
        var time = new EventTime((ticks & long.MaxValue) % (DateTime.MaxValue.Ticks + 1), (byte)(nanoseconds % 100));

        var text = Encoding.ASCII.GetBytes(time.ToString());

        Assert.InRange(text.Length, 24, EventTime.MaxTextLength);
        Assert.True(EventTime.TryParse(text, out var read));
        Assert.Equal(time, read);
    }).Check(new Configuration { MaxNbOfTest = 1000, EndSize = int.MaxValue, QuietOnSuccess = true, Runner = Config.QuickThrowOnFailure.Runner });

    [Fact]
    public void Hours_are_cut_off_and_offsets_taken_away()
    {
        var time = EventTime.From(new DateTimeOffset(2026, 11, 22, 1, 59, 59, 999, TimeSpan.FromHours(2)));

        Assert.Equal("2026-11-21T23:59:59.999Z", time.ToString());
        Assert.Equal(new DateTime(2026, 11, 21, 23, 0, 0, DateTimeKind.Utc), time.Hour);
        Assert.Equal(DateTimeKind.Utc, time.Hour.Kind);
        Assert.Equal(new DateTimeOffset(2026, 11, 21, 23, 59, 59, 999, TimeSpan.Zero), time.ToDateTimeOffset());
    }

    [Fact]
    public void Times_compare_to_the_nanosecond()
    {
        EventTime[] sorted = [new(5, 1), new(5, 2), new(6, 0), new(7, 99)];

        Assert.Equal(sorted, sorted.Reverse().Order());
        Assert.True(sorted[0] < sorted[1] && sorted[1] < sorted[2] && sorted[2] <= sorted[2] && sorted[3] > sorted[2] && sorted[3] >= sorted[3]);
    }
}
