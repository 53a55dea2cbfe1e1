using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Trailgate.Hosting;
using Trailgate.Tests.Ingest;

namespace Trailgate.Tests.Query;

/// <summary>Stories, changes and views over real HTTP, in both hosts.</summary>
public sealed class LookingTests
{
    private const string View = """{"title":"Night shift","query":"kind=delete&region=us-south","columns":["eventTime","trailgate.region"]}""";

    [Theory]
    [InlineData("c-1", "c-1")]
    [InlineData("?:UbrRh", "%3F%3AUbrRh")]
    [InlineData("a/b", "a%2Fb")]
    [InlineData("a%2Fb", "a%252Fb")]
    [InlineData("!a b", "!a%20b")]
    public async Task A_story_is_told_by_its_correlationId(string correlationId, string inPath)
    {
        await using var server = await IngestServer.StartAsync();
        await server.PostAsync($$$"""
            [{"action":"a.job.update","outcome":"pending","eventTime":"2026-11-22T05:00:00.00Z","correlationId":"{{{correlationId}}}","initiator":{"id":"ana"}},
             {"action":"a.job.read","outcome":"success","eventTime":"2026-11-22T05:05:00.00Z","initiator":{"id":"ana"}}]
            """);

        var story = await GetAsync(server, $"/api/stories/{inPath}");

        Assert.Equal(correlationId, story.GetProperty("correlationId").GetString());
        Assert.Equal(["unknown"], story.GetProperty("regions").EnumerateArray().Select(region => region.GetString()));
        var step = Assert.Single(story.GetProperty("steps").EnumerateArray());
        Assert.Equal("a.job.update", step.GetProperty("event").GetProperty("action").GetString());
        Assert.True(step.GetProperty("unresolved").GetBoolean());
        Assert.Empty(story.GetProperty("before").EnumerateArray());
        Assert.Equal("a.job.read", Assert.Single(story.GetProperty("after").EnumerateArray()).GetProperty("action").GetString());
    }

    [Fact]
    public async Task What_an_event_changed_comes_with_it()
    {
        await using var server = await IngestServer.StartAsync();
        var answer = await server.PostAsync("""
            [{"action":"a.job.create","outcome":"success","eventTime":"2026-11-22T05:00:00.00Z","target":{"id":"t-1"},"requestData":{"scale":1}},
             {"action":"a.job.update","outcome":"success","eventTime":"2026-11-22T05:05:00.00Z","target":{"id":"t-1"},"requestData":{"scale":2}}]
            """);
        var (created, updated) = (answer.Results[0].GetProperty("id").GetString(), answer.Results[1].GetProperty("id").GetString());

        var one = await GetAsync(server, $"/api/events/{updated}?changes=true");

        Assert.Equal(updated, one.GetProperty("event").GetProperty("id").GetString());
        var difference = Assert.Single(one.GetProperty("changes").GetProperty("differences").EnumerateArray());
        Assert.Equal(
            $$$"""{"op":"replace","path":"/scale","value":2,"old":1,"observed":{"id":"{{{created}}}","eventTime":"2026-11-22T05:00:00.000Z","action":"a.job.create","region":"unknown"}}""",
            difference.GetRawText());
    }

    [Theory]
    [InlineData("/api/stories/nobody", 404)]
    [InlineData("/api/stories/c?limit=1", 400)]
    [InlineData("/api/events/00000000000000000000000000000001?changes=true", 404)]
    [InlineData("/api/events/00000000000000000000000000000001?changes=yes", 400)]
    [InlineData("/api/events/00000000000000000000000000000001?changes=true&other=1", 400)]
    [InlineData("/api/views/nobody", 404)]
    [InlineData("/api/views/Failures", 404)]
    public async Task What_is_not_there_or_not_understood_is_a_problem(string path, int status)
    {
        await using var server = await IngestServer.StartAsync();

        using var answer = await server.Client.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_view_is_saved_listed_replaced_and_deleted()
    {
        await using var server = await IngestServer.StartAsync();

        Assert.Equal(HttpStatusCode.Created, await PutAsync(server, "night", View));
        Assert.Equal(HttpStatusCode.OK, await PutAsync(server, "night", View.Replace("Night", "Late", StringComparison.Ordinal)));

        var shown = await GetAsync(server, "/api/views/night");
        Assert.Equal(
            """{"name":"night","title":"Late shift","query":"kind=delete\u0026region=us-south","columns":["eventTime","trailgate.region"],"shipped":false,"parameters":[]}""",
            shown.GetRawText());
        var listed = (await GetAsync(server, "/api/views")).GetProperty("views").EnumerateArray().Select(view => view.GetProperty("name").GetString());
        Assert.Equal(["failures", "deletes", "updates", "credentials", "project", "request", "night"], listed);
        Assert.Equal(HttpStatusCode.NoContent, await DeleteAsync(server, "night"));
        Assert.Equal(HttpStatusCode.NotFound, await DeleteAsync(server, "night"));
    }

    [Theory]
    [InlineData("failures", View, 409)]
    [InlineData("Night", View, 400)]
    [InlineData("a.b", View, 400)]
    [InlineData("a_b", View, 400)]
    [InlineData("12345678901234567890123456789012345678901", View, 400)]
    [InlineData("night", "{", 400)]
    [InlineData("night", "[]", 400)]
    [InlineData("night", "null", 400)]
    [InlineData("night", """{"title":"a","query":""}""", 400)]
    [InlineData("night", """{"title":"a","query":"","columns":[]}""", 400)]
    [InlineData("night", """{"title":"a","query":"","columns":["a",null]}""", 400)]
    [InlineData("night", """{"title":"a","query":"","columns":["a..b"]}""", 400)]
    [InlineData("night", """{"title":"a\n","query":"","columns":["a"]}""", 400)]
    [InlineData("night", """{"title":null,"query":"","columns":["a"]}""", 400)]
    [InlineData("night", """{"title":"a","title":"b","query":"","columns":["a"]}""", 400)]
    [InlineData("night", """{"title":"a","query":"","columns":["a"],"shipped":true}""", 400)]
    [InlineData("night", """{"title":"a","query":"regoin=us-south","columns":["a"]}""", 400)]
    [InlineData("night", """{"title":"a","query":"?kind=read","columns":["a"]}""", 400)]
    [InlineData("night", """{"title":"a","query":"cursor=x","columns":["a"]}""", 400)]
    [InlineData("night", """{"title":"a","query":"","columns":["a"],"parameters":[null]}""", 400)]
    [InlineData("night", """{"title":"a","query":"","columns":["a"],"parameters":[{"name":"limit","title":"x"}]}""", 400)]
    [InlineData("night", """{"title":"a","query":"targetId=x","columns":["a"],"parameters":[{"name":"targetId","title":"x"}]}""", 400)]
    [InlineData("night", """{"title":"a","query":"","columns":["a"],"parameters":[{"name":"targetId"}]}""", 400)]
    public async Task A_view_that_is_none_is_refused_and_nothing_is_kept(string name, string body, int status)
    {
        await using var server = await IngestServer.StartAsync();

        Assert.Equal(status, (int)await PutAsync(server, name, body));

        Assert.Equal(6, (await GetAsync(server, "/api/views")).GetProperty("views").GetArrayLength());
    }

    [Fact]
    public async Task A_view_is_bounded()
    {
        await using var server = await IngestServer.StartAsync();

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PutAsync(server, "night", View + new string(' ', 16 * 1024)));
    }

    [Fact]
    public async Task Looking_needs_the_scope_read_and_changing_a_view_admin()
    {
        await using var server = await IngestServer.StartAsync(
            ("Trailgate:Keys:reader:Hash", AccessKeys.HashOf("reader-key")), ("Trailgate:Keys:reader:Scopes", "read"),
            ("Trailgate:Keys:boss:Hash", AccessKeys.HashOf("boss-key")), ("Trailgate:Keys:boss:Scopes", "admin"));

        Assert.Equal(HttpStatusCode.Unauthorized, await PutAsync(server, "night", View));
        server.Client.DefaultRequestHeaders.Add("x-functions-key", "reader-key");
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(server, "night", View));
        Assert.Equal(HttpStatusCode.Forbidden, await DeleteAsync(server, "night"));
        Assert.Equal(6, (await GetAsync(server, "/api/views")).GetProperty("views").GetArrayLength());
        server.Client.DefaultRequestHeaders.Remove("x-functions-key");
        server.Client.DefaultRequestHeaders.Add("x-functions-key", "boss-key");
        Assert.Equal(HttpStatusCode.Created, await PutAsync(server, "night", View));
        using var story = await server.Client.GetAsync(new Uri("/api/stories/c", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Forbidden, story.StatusCode);
    }

    private static async Task<JsonElement> GetAsync(IngestServer server, string path) => await server.Client.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative));

    private static async Task<HttpStatusCode> PutAsync(IngestServer server, string name, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await server.Client.PutAsync(new Uri($"/api/views/{name}", UriKind.Relative), content);
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> DeleteAsync(IngestServer server, string name)
    {
        using var answer = await server.Client.DeleteAsync(new Uri($"/api/views/{name}", UriKind.Relative));
        return answer.StatusCode;
    }
}
