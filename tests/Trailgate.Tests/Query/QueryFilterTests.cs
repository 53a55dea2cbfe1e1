using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Trailgate.Query;

namespace Trailgate.Tests.Query;

/// <summary>Each filter as a caller writes it.</summary>
public sealed class QueryFilterTests
{
    private static readonly string[] Events =
    [
        Line(1, "05:10:00", "codeengine.job.read", "read", "success", "normal", """{"id":"IBMid-1","name":"ana@example.com"}""", """{"reasonCode":200,"reasonType":"OK"}"""),
        Line(2, "05:20:00", "codeengine.job.delete", "delete", "failure", "critical", """{"id":"IBMid-2","name":"bo@example.com"}""", """{"reasonCode":403,"reasonType":"Forbidden","reasonForFailure":"Not Allowed to delete \"jobs\""}"""),
        Line(3, "05:30:00", "iam-identity.account-apikey.create", "security", "success", "critical", """{"id":"ana@example.com"}""", null),
        Line(4, "05:40:00", "codeengine.app.update", "update", "pending", "warning", null, """{"reasonType":"Accepted"}"""),
    ];

    [Theory]
    [InlineData("kind=delete", 2)]
    [InlineData("kind=delete,security", 3, 2)]
    [InlineData("kind=Delete&kind=read", 2, 1)]
    [InlineData("kind=!read", 4, 3, 2)]
    [InlineData("kind=!read&kind=!update", 3, 2)]
    [InlineData("kind=!read,update", 3, 2)]
    [InlineData("severity=critical", 3, 2)]
    [InlineData("severity=normal,warning", 4, 1)]
    [InlineData("severity=!critical", 4, 1)]
    [InlineData("initiator=ana@example.com", 3, 1)]
    [InlineData("initiator=IBMid-*", 2, 1)]
    [InlineData("initiator=ibmid-2", 2)]
    [InlineData("initiator=!ana@*", 4, 2)]
    [InlineData("reason=forbidden", 2)]
    [InlineData("reason=not allowed", 2)]
    [InlineData("reason=\"jobs\"", 2)]
    [InlineData("reason=!accepted", 3, 2, 1)]
    [InlineData("reason=200")]
    [InlineData("text=APIKEY", 3)]
    [InlineData("text=delete \"JOBS\"", 2)]
    [InlineData("text=!bo@", 4, 3, 1)]
    [InlineData("text=no such thing anywhere")]
    [InlineData("outcome=!success", 4, 2)]
    [InlineData("action=codeengine.*&action=!*.delete", 4, 1)]
    [InlineData("action=codeengine.*&outcome=!pending&kind=!read", 2)]
    [InlineData("region=!us-south")]
    [InlineData("region=!eu-de", 4, 3, 2, 1)]
    [InlineData("order=oldest", 1, 2, 3, 4)]
    [InlineData("order=Oldest&limit=2", 1, 2)]
    [InlineData("order=newest&limit=2", 4, 3)]
    [InlineData("order=oldest&from=2026-11-22T05:20:00Z&limit=2", 2, 3)]
    public async Task Filters_choose_the_same_events_in_inbox_and_archive(string text, params int[] expected)
    {
        Assert.True(EventQuery.TryParse(new QueryCollection(QueryHelpers.ParseQuery(text)), out var query, out var problem), problem?.Detail);
        var (waiting, archived) = (new QueryStore(), new QueryStore());
        foreach (var line in Events)
        {
            await waiting.BatchAsync(line);
            await archived.ArchiveAsync(line);
        }

        Assert.Equal(expected, await waiting.FindAsync(query));
        Assert.Equal(expected, await waiting.FindAsync(query)); // remembered
        Assert.Equal(expected, await archived.FindAsync(query));
    }

    [Theory]
    [InlineData("abc", "xxaBcxx", true)]
    [InlineData("ABC", "abab cabc", true)]
    [InlineData("abc", "ab", false)]
    [InlineData("abc", "", false)]
    [InlineData("aab", "aaab", true)]
    [InlineData("é", "É", false)] // only ASCII is folded
    [InlineData("1-é", "x1-é", true)]
    [InlineData("@[`{", "@[`{", true)]
    [InlineData("@", "`", false)]
    public void A_text_is_found_whatever_the_case_of_its_ASCII_letters(string wanted, string text, bool found)
    {
        Assert.Equal(found, new TextFilter(wanted).OccursIn(System.Text.Encoding.UTF8.GetBytes(text)));
    }

    private static string Line(int number, string time, string action, string kind, string outcome, string severity, string? initiator, string? reason) =>
        $$$"""{"id":"{{{QueryStore.Id(number)}}}","eventTime":"2026-11-22T{{{time}}}.000Z","action":"{{{action}}}","outcome":"{{{outcome}}}","severity":"{{{severity}}}",{{{(reason is null ? "" : $"\"reason\":{reason},")}}}{{{(initiator is null ? "" : $"\"initiator\":{initiator},")}}}"trailgate":{"schema":1,"region":"us-south","kind":"{{{kind}}}"}}""";
}
