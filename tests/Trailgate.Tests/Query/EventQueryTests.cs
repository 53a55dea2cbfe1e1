using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Trailgate.Events;
using Trailgate.Query;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Query;

public class EventQueryTests
{
    [Fact]
    public void No_parameters_mean_everything_and_a_hundred_events()
    {
        var query = Parse("");

        Assert.Equal(100, query.Limit);
        Assert.Null(query.From);
        Assert.Null(query.To);
        Assert.Null(query.Action);
        Assert.Null(query.Outcome);
        Assert.Null(query.Target);
        Assert.Null(query.CorrelationId);
        Assert.Empty(query.Regions);
    }

    [Fact]
    public void All_filters_are_read_whatever_the_case_of_their_names()
    {
        var query = Parse("?from=2026-11-22T05:00:00Z&to=2026-11-22T06:00:00Z&Region=us-south&ACTION=a.*&outcome=Failure&targetid=t&CorrelationId=c&limit=7&format=json");

        Assert.Equal("2026-11-22T05:00:00.000Z", query.From.ToString());
        Assert.Equal("2026-11-22T06:00:00.000Z", query.To.ToString());
        Assert.Equal(["us-south"], query.Regions);
        Assert.Equal("a.*", query.Action!.ToString());
        Assert.Equal(Outcome.Failure, query.Outcome);
        Assert.True(query.Target!.Matches("t"u8));
        Assert.Equal("c", query.CorrelationId);
        Assert.Equal(7, query.Limit);
    }

    [Theory]
    [InlineData("?region=us-south,eu-de&region=jp-tok")]
    [InlineData("?region=us-south&region=eu-de,%20JP-Tok")]
    public void Regions_come_as_a_list_or_repeated_or_both(string text)
    {
        Assert.Equal(["eu-de", "jp-tok", "us-south"], Parse(text).Regions.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("2026-11-22T05:54:00Z", "2026-11-22T05:54:00.000Z")]
    [InlineData("2026-11-22t05:54:00z", "2026-11-22T05:54:00.000Z")]
    [InlineData("2026-11-22T05:54:00.123456789Z", "2026-11-22T05:54:00.123456789Z")]
    [InlineData("2026-11-22T05:54:00.5%2B01:00", "2026-11-22T04:54:00.500Z")]
    [InlineData("2026-11-22T05:54:00+01:00", "2026-11-22T04:54:00.000Z")] // a plus that was not encoded arrives as a blank
    [InlineData("2026-11-22T23:54:00-06:00", "2026-11-23T05:54:00.000Z")]
    [InlineData("2026-11-22", "2026-11-22T00:00:00.000Z")]
    public void Times_are_read_by_RFC_3339(string text, string expected)
    {
        Assert.Equal(expected, Parse("?from=" + text).From.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-11-22T05:54:00")] // no offset: whose time?
    [InlineData("2026-02-30T00:00:00Z")]
    [InlineData("2026-11-22T24:00:01Z")]
    [InlineData("2026-11-22T05:54:00.Z")]
    [InlineData("2026-11-22T05:54:00.1234567890Z")]
    [InlineData("2026-11-22T05:54:00%2B1:00")]
    [InlineData("2026-11-22T05:54:00%2B25:00")]
    [InlineData("0001-01-01T00:00:00%2B01:00")]
    [InlineData("9999-12-31T23:59:59-01:00")]
    [InlineData("2026-11-22Z")]
    public void A_time_that_is_none_is_refused_by_name(string text)
    {
        Assert.Contains("'from'", Refused("?from=" + text).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?regoin=us-south", "did you mean 'region'")]
    [InlineData("?outcom=failure", "did you mean 'outcome'")]
    [InlineData("?targetIds=x", "did you mean 'targetId'")]
    [InlineData("?form=2026-11-22", "did you mean 'from'")]
    [InlineData("?since=2026-11-22", "Allowed are from, to, region")]
    public void A_parameter_that_nobody_knows_is_refused_with_what_is_allowed(string text, string expected)
    {
        var problem = Refused(text);

        Assert.Equal(400, problem.Status);
        Assert.Contains(expected, problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_far_from_all_known_ones_gets_no_guess()
    {
        Assert.DoesNotContain("did you mean", Refused("?since=2026-11-22").Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?%3Cscript%3E=1", "script")]
    [InlineData("?limit=%3Cscript%3E", "script")]
    [InlineData("?region=%3Cscript%3E", "script")]
    public void What_the_caller_sent_is_not_repeated_unless_it_is_a_plain_name(string text, string echo)
    {
        Assert.DoesNotContain(echo, Refused(text).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?limit=0", "'limit'")]
    [InlineData("?limit=1001", "1000")]
    [InlineData("?limit=-1", "'limit'")]
    [InlineData("?limit=1.5", "'limit'")]
    [InlineData("?limit=5&limit=6", "'limit'")]
    [InlineData("?outcome=failed", "success, failure, pending, unknown")]
    [InlineData("?region=", "'region'")]
    [InlineData("?region=us-south,", "'region'")]
    [InlineData("?region=us_south", "'region'")]
    [InlineData("?action=", "'action'")]
    [InlineData("?action=a&action=b", "'action'")]
    [InlineData("?correlationId=", "'correlationId'")]
    [InlineData("?kind=remove", "read, create, update, delete, security")]
    [InlineData("?kind=!remove", "read, create, update, delete, security")]
    [InlineData("?severity=fatal", "normal, warning, critical")]
    [InlineData("?order=up", "newest or oldest")]
    [InlineData("?order=1", "newest or oldest")]
    [InlineData("?initiator=", "'initiator'")]
    [InlineData("?reason=", "'reason'")]
    [InlineData("?text=!", "'text'")]
    [InlineData("?cursor=MjAyNg", "'cursor'")]
    [InlineData("?limit=!5", "'limit'")]
    [InlineData("?from=2026-11-22T06:00:00Z&to=2026-11-22T05:00:00Z", "'from' must be earlier")]
    [InlineData("?from=2026-11-22T06:00:00Z&to=2026-11-22T06:00:00Z", "'from' must be earlier")]
    public void A_bad_value_is_refused_by_name_with_what_is_allowed(string text, string expected)
    {
        Assert.Contains(expected, Refused(text).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?limit=1", 1)]
    [InlineData("?limit=1000", 1000)]
    public void Both_ends_of_the_limit_are_allowed(string text, int expected)
    {
        Assert.Equal(expected, Parse(text).Limit);
    }

    [Fact]
    public void More_than_twenty_exceptions_are_refused()
    {
        Assert.Contains("20", Refused("?" + string.Join('&', Enumerable.Range(0, 21).Select(i => $"action=!a{i}"))).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_a_hundred_regions_are_refused()
    {
        Assert.Contains("100", Refused("?region=" + string.Join(',', Enumerable.Range(0, 101).Select(i => $"r{i}"))).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("90s", "2026-11-22T05:58:30.000Z")]
    [InlineData("30M", "2026-11-22T05:30:00.000Z")]
    [InlineData("2h", "2026-11-22T04:00:00.000Z")]
    [InlineData("7d", "2026-11-15T06:00:00.000Z")]
    [InlineData("99999w", "0110-05-18T06:00:00.000Z")]
    [InlineData("today", "2026-11-22T00:00:00.000Z")]
    [InlineData("Yesterday", "2026-11-21T00:00:00.000Z")]
    public void A_time_may_count_from_now(string text, string expected)
    {
        var parameters = new QueryCollection(QueryHelpers.ParseQuery($"from={text}"));

        Assert.True(EventQuery.TryParse(parameters, new ManualTimeProvider(), out var query, out _));

        Assert.Equal(expected, query.From.ToString());
    }

    [Theory]
    [InlineData("2")]
    [InlineData("h")]
    [InlineData("-2h")]
    [InlineData("2y")]
    [InlineData("100000d")]
    [InlineData("tomorrow")]
    public void What_counts_from_now_in_no_known_way_is_refused(string text) =>
        Assert.False(EventQuery.TryParse(new QueryCollection(QueryHelpers.ParseQuery($"from={text}")), out _, out _));

    private static EventQuery Parse(string text)
    {
        Assert.True(EventQuery.TryParse(new QueryCollection(QueryHelpers.ParseQuery(text)), out var query, out var problem), problem?.Detail);
        return query;
    }

    private static Problem Refused(string text)
    {
        Assert.False(EventQuery.TryParse(new QueryCollection(QueryHelpers.ParseQuery(text)), out _, out var problem));
        return problem;
    }
}
