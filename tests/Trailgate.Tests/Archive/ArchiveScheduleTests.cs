using System.Globalization;
using System.Text.Json;
using Trailgate.Archive;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Archive;

public class ArchiveScheduleTests
{
    [Theory]
    [InlineData("0 */5 * * * *", "2026-01-01T00:00:00", "2026-01-01T00:05:00")]
    [InlineData("0 */5 * * * *", "2026-01-01T00:04:59", "2026-01-01T00:05:00")]
    [InlineData("*/5 * * * *", "2026-01-01T00:04:59", "2026-01-01T00:05:00")]
    [InlineData("0 30 9 * * 1-5", "2026-01-02T09:30:00", "2026-01-05T09:30:00")]
    [InlineData("0 30 9 * Jan Mon", "2026-01-26T10:00:00", "2027-01-04T09:30:00")]
    [InlineData("0 0 0 13 * Fri", "2026-01-01T00:00:00", "2026-02-13T00:00:00")]
    [InlineData("*/10 * * * * *", "2026-01-01T00:00:55", "2026-01-01T00:01:00")]
    [InlineData("*/45 * * * * *", "2026-01-01T00:00:45", "2026-01-01T00:01:00")]
    [InlineData("45-47,48,49 * * * * *", "2003-01-01T00:00:49", "2003-01-01T00:01:45")]
    [InlineData("59 59 23 31 12 *", "2026-12-31T23:59:58.5", "2026-12-31T23:59:59")]
    [InlineData("0 0 0 29 2 *", "2026-01-01T00:00:00", "2028-02-29T00:00:00")]
    [InlineData("* * * * * *", "2026-01-01T00:00:00.999", "2026-01-01T00:00:01")]
    public void The_next_time_is_the_first_that_matches_after_the_given_one(string expression, string after, string next) =>
        Assert.Equal(Time(next), Next(expression, after));

    // What the library gets wrong: it goes on to 10:00:36 and 09:55:36.
    [Theory]
    [InlineData("* * 10 * * *", "2021-02-24T09:50:35", "2021-02-24T10:00:00")]
    [InlineData("* 0-1 10 * * *", "2021-02-24T09:50:35", "2021-02-24T10:00:00")]
    [InlineData("* 55 * * * *", "2021-02-24T09:50:35", "2021-02-24T09:55:00")]
    [InlineData("*/10 * 10 * * *", "2021-02-24T09:50:35", "2021-02-24T10:00:00")]
    public void Seconds_begin_anew_in_a_later_minute(string expression, string after, string next) =>
        Assert.Equal(Time(next), Next(expression, after));

    [Theory]
    [InlineData("* * 31 Feb *")]
    [InlineData("* * * 31 Feb *")]
    public void A_day_that_does_not_exist_never_comes(string expression) =>
        Assert.Null(Next(expression, "2001-01-01T00:00:00"));

    [Theory]
    [InlineData(null, "fields")]
    [InlineData("", "fields")]
    [InlineData("@hourly", "fields")]
    [InlineData("* * * *", "fields")]
    [InlineData("0 0 0 * * * 2026", "fields")]
    [InlineData("0 */0 * * * *", "step")]
    [InlineData("0 */90 * * * *", "step")]
    [InlineData("*/61 * * * * *", "step")]
    [InlineData("0 0 */25 * * *", "step")]
    [InlineData("0 50-10 * * * *", "backwards")]
    [InlineData("0 0 22-4 * * *", "backwards")]
    [InlineData("* * * * * Fri-Mon", "backwards")]
    [InlineData("0 0 0 * Nov-Feb *", "backwards")]
    [InlineData("0 0 0 * * 7", "0 is Sunday")]
    [InlineData("0 0 0 * * 1-7", "0 is Sunday")]
    [InlineData("0 0 0 L * *", "NCRONTAB")]
    [InlineData("60 * * * * *", "NCRONTAB")]
    [InlineData("0,, * * * * *", "NCRONTAB")]
    [InlineData("bad * * * *", "NCRONTAB")]
    public void What_can_not_be_read_or_is_read_otherwise_by_the_library_is_refused(string? expression, string reason)
    {
        Assert.False(ArchiveSchedule.TryParse(expression, out _, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0 */60 * * * *")]
    [InlineData("0 0 0 * * 0-6")]
    [InlineData("0 0 0 * jan-DECEMBER Sun-Sat")]
    [InlineData("0 0 22-23,0-4 * * *")]
    public void What_is_read_as_written_is_not_refused(string expression) =>
        Assert.True(ArchiveSchedule.TryParse(expression, out _, out var error), error);

    [Fact]
    public void All_cases_of_the_vector_file_hold_where_it_is_there()
    {
        if (SharedVectors.Find("ncrontab.json") is not { } path)
        {
            return;
        }

        using var file = JsonDocument.Parse(File.ReadAllText(path));
        foreach (var list in (string[])["next", "nextRun"])
        {
            foreach (var vector in file.RootElement.GetProperty(list).EnumerateArray())
            {
                var expression = vector.GetProperty("expression").GetString()!;
                var after = vector.GetProperty("after").GetString()!;
                Assert.Equal((expression, after, Time(vector.GetProperty("next").GetString()!)), (expression, after, Next(expression, after)));
            }
        }

        foreach (var list in (string[])["invalidRun", "acceptedOddities"])
        {
            foreach (var vector in file.RootElement.GetProperty(list).EnumerateArray())
            {
                Assert.False(ArchiveSchedule.TryParse(vector.GetProperty("expression").GetString(), out _, out _), vector.GetRawText());
            }
        }

        foreach (var vector in file.RootElement.GetProperty("invalid").EnumerateArray())
        {
            // One of them is five fields where six are asked for; here both are read.
            var expression = vector.GetProperty("expression").GetString();
            Assert.Equal(expression == "* * * * *", ArchiveSchedule.TryParse(expression, out _, out _));
        }
    }

    private static DateTimeOffset? Next(string expression, string after) =>
        ArchiveSchedule.TryParse(expression, out var schedule, out var error)
            ? schedule.Next(Time(after))
            : throw new InvalidOperationException($"{expression}: {error}");

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
