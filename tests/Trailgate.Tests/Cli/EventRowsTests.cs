using System.Text;
using Trailgate.Cli.Looking;
using Trailgate.Query;

namespace Trailgate.Tests.Cli;

public class EventRowsTests
{
    [Theory]
    [InlineData("""{"name":"shop","id":"crn-1"}""", """{"name":"web"}""", "  on web of shop")]
    [InlineData("""{"id":"crn-1"}""", """{"name":"web"}""", "  on web of crn-1")]
    [InlineData("""{"name":"shop"}""", """{"name":"shop"}""", "  on shop")]
    [InlineData("""{"name":"shop"}""", """{"name":7}""", "  on shop")]
    [InlineData("""{"name":"shop"}""", "null", "  on shop")]
    [InlineData("""{}""", """{"name":"web"}""", "  on web")]
    [InlineData("""{}""", """{}""", "")]
    [InlineData("""{"name":"shop"}""", """{"name":"w\u001beb"}""", @"  on w\u001beb of shop")]
    public void A_sentence_names_the_object_of_the_request_and_the_project_that_it_is_in(string target, string requestData, string expected)
    {
        var line = $$$"""
            {"id":"00000000000000000000000000000001","eventTime":"2026-11-22T05:54:00.123Z","action":"codeengine.application.delete","outcome":"success","target":{{{target}}},"requestData":{{{requestData}}},"trailgate":{"schema":1,"region":"eu-de","kind":"delete"}}
            """;
        Assert.True(EventDocument.TryRead(Encoding.UTF8.GetBytes(line), out var read));

        Assert.Equal($"2026-11-22T05:54:00.123Z  eu-de  codeengine.application.delete  success{expected}", EventRows.Sentence(read));
    }
}
