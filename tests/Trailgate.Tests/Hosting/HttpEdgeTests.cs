using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Trailgate.Hosting;
using Trailgate.Storage;

namespace Trailgate.Tests.Hosting;

public sealed class HttpEdgeTests
{
    private static readonly Route[] Routes =
    [
        new("GET", "/things", Scopes.Read, static _ => static context => context.Response.WriteAsync("list")),
        new("POST", "/things", Scopes.Ingest, static _ => static context => context.Response.WriteAsync("made")),
        new("GET", "/things/{id}", Scopes.Read, static _ => static context => context.Response.WriteAsync($"id={context.Request.RouteValues["id"]}")),
        new("POST", "/things/{source}", Scopes.Ingest, static _ => static context => context.Response.WriteAsync($"source={context.Request.RouteValues["source"]}")),
        new("POST", "/things/{id}/again", Scopes.Admin, static _ => static context => context.Response.WriteAsync($"again={context.Request.RouteValues["id"]}")),
        new("GET", "/open", Scopes.None, static _ => static context => context.Response.WriteAsync("open")),
        new("GET", "/broken", Scopes.None, static _ => static _ => throw new InvalidOperationException("the secret reason")),
        new("GET", "/storage", Scopes.None, static _ => static _ => throw new StorageException("disk /secret/path is full")),
        new("GET", "/half", Scopes.None, static _ => WriteHalfAsync),
        new("POST", "/read", Scopes.None, static _ => ReadAsync),
    ];

    [Theory]
    [InlineData("GET", "/things", "list")]
    [InlineData("GET", "/things/", "list")]
    [InlineData("GET", "/THINGS", "list")]
    [InlineData("POST", "/things", "made")]
    [InlineData("GET", "/things/7", "id=7")]
    [InlineData("GET", "/things/a%20b", "id=a b")]
    [InlineData("POST", "/things/github/", "source=github")]
    [InlineData("POST", "/things/7/again", "again=7")]
    public async Task A_request_reaches_the_handler_of_its_path_and_method(string method, string path, string expected)
    {
        await using var server = await EdgeServer.StartAsync(EdgeServer.NoKeys, Routes);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var response = await server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(expected, await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/")]
    [InlineData("//things")]
    [InlineData("/things//")]
    [InlineData("/things/7/other")]
    [InlineData("/things/7/again/more")]
    public async Task A_path_without_a_route_is_a_404_problem(string path)
    {
        await using var server = await EdgeServer.StartAsync(EdgeServer.NoKeys, Routes);

        var answer = await server.SendRawAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 404 ", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DELETE", "/things", "GET, HEAD, POST")]
    [InlineData("PUT", "/things/7", "GET, HEAD, POST")]
    [InlineData("GET", "/things/7/again", "POST")]
    [InlineData("HEAD", "/things/7/again", "POST")]
    [InlineData("POST", "/open", "GET, HEAD")]
    public async Task A_method_that_the_path_does_not_know_is_405_with_Allow(string method, string path, string allow)
    {
        await using var server = await EdgeServer.StartAsync(EdgeServer.NoKeys, Routes);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var response = await server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(allow, string.Join(", ", response.Content.Headers.Allow));
    }

    [Fact]
    public async Task HEAD_is_answered_as_GET_without_a_body()
    {
        await using var server = await EdgeServer.StartAsync(EdgeServer.NoKeys, Routes);

        var answer = await server.SendRawAsync("HEAD /things HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_key_is_401_with_a_challenge_and_a_problem()
    {
        await using var server = await EdgeServer.StartAsync(EdgeServer.WithKey("k", "read"), Routes);

        using var response = await server.Client.GetAsync(new Uri("/things", UriKind.Relative));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer realm=\"trailgate\"", response.Headers.WwwAuthenticate.ToString());
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(401, problem.RootElement.GetProperty("status").GetInt32());
        Assert.Equal("urn:trailgate:problem:key-missing", problem.RootElement.GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_missing_scope_is_403_and_the_challenge_names_it()
    {
        await using var server = await EdgeServer.StartAsync(EdgeServer.WithKey("k", "read"), Routes);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/things") { Headers = { { "x-functions-key", "k" } } };

        using var response = await server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("Bearer realm=\"trailgate\", error=\"insufficient_scope\", scope=\"ingest\"", response.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task A_probe_needs_no_key()
    {
        await using var server = await EdgeServer.StartAsync(EdgeServer.WithKey("k", "read"), Routes);

        Assert.Equal("open", await server.Client.GetStringAsync(new Uri("/open", UriKind.Relative)));
    }

    [Fact]
    public async Task Without_keys_a_foreign_host_is_403_on_every_path()
    {
        await using var server = await EdgeServer.StartAsync(EdgeServer.NoKeys, Routes);

        var answer = await server.SendRawAsync("GET /open HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.Contains("foreign-host", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_keys_any_host_and_origin_may_call()
    {
        await using var server = await EdgeServer.StartAsync(EdgeServer.WithKey("k", "read"), Routes);

        var answer = await server.SendRawAsync("GET /things HTTP/1.1\r\nHost: trailgate.example\r\nOrigin: https://page.example\r\nx-functions-key: k\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_is_500_and_its_reason_stays_inside()
    {
        await using var server = await EdgeServer.StartAsync(EdgeServer.NoKeys, Routes);

        using var response = await server.Client.GetAsync(new Uri("/broken", UriKind.Relative));

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.ToString());
        Assert.DoesNotContain("secret", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_storage_fault_is_503_with_Retry_After_and_its_path_stays_inside()
    {
        await using var server = await EdgeServer.StartAsync(EdgeServer.NoKeys, Routes);

        using var response = await server.Client.GetAsync(new Uri("/storage", UriKind.Relative));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(5), response.Headers.RetryAfter?.Delta);
        Assert.DoesNotContain("secret", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_after_the_first_bytes_cuts_the_connection_so_that_half_an_answer_is_not_taken_for_a_whole()
    {
        await using var server = await EdgeServer.StartAsync(EdgeServer.NoKeys, Routes);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => server.Client.GetStringAsync(new Uri("/half", UriKind.Relative)));
    }

    [Fact]
    public async Task A_body_with_broken_framing_is_a_400_problem()
    {
        await using var server = await EdgeServer.StartAsync(EdgeServer.NoKeys, Routes);

        var answer = await server.SendRawAsync("POST /read HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_its_host_calls_off_is_answered_503_and_never_an_empty_200()
    {
        using var stopping = new CancellationTokenSource();
        var context = Request("GET", "/wait");
        var answer = EdgeOf(new Route("GET", "/wait", Scopes.None, static _ => WaitAsync)).HandleAsync(context, stopping.Token);
        Assert.False(answer.IsCompleted);

        await stopping.CancelAsync();
        await answer;

        Assert.Equal(StatusCodes.Status503ServiceUnavailable, context.Response.StatusCode);
        Assert.Equal("1", context.Response.Headers.RetryAfter);
        Assert.Equal("application/problem+json", context.Response.ContentType);
        Assert.False(context.RequestAborted.IsCancellationRequested);
    }

    [Fact]
    public async Task A_request_whose_caller_went_away_is_not_recorded_as_200()
    {
        using var caller = new CancellationTokenSource();
        var context = Request("GET", "/wait");
        context.RequestAborted = caller.Token;
        var answer = EdgeOf(new Route("GET", "/wait", Scopes.None, static _ => WaitAsync)).HandleAsync(context, CancellationToken.None);

        await caller.CancelAsync();
        await answer;

        Assert.Equal(StatusCodes.Status499ClientClosedRequest, context.Response.StatusCode);
    }

    [Fact]
    public async Task A_cancellation_that_neither_caller_nor_host_asked_for_is_a_fault()
    {
        using var stopping = new CancellationTokenSource();
        var context = Request("GET", "/odd");

        await EdgeOf(new Route("GET", "/odd", Scopes.None, static _ => static _ => throw new OperationCanceledException())).HandleAsync(context, stopping.Token);

        Assert.Equal(StatusCodes.Status500InternalServerError, context.Response.StatusCode);
    }

    private static HttpEdge EdgeOf(params Route[] routes) => new(
        routes, new AccessKeys(Microsoft.Extensions.Options.Options.Create(EdgeServer.NoKeys)), new NoServices(), Microsoft.Extensions.Logging.Abstractions.NullLogger<HttpEdge>.Instance);

    private static DefaultHttpContext Request(string method, string path)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.Path = path;
        context.Request.Host = new HostString("localhost");
        return context;
    }

    private static Task WaitAsync(HttpContext context) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);

    private static async Task WriteHalfAsync(HttpContext context)
    {
        await context.Response.WriteAsync("half");
        await context.Response.Body.FlushAsync();
        throw new InvalidOperationException("the other half is missing");
    }

    private static async Task ReadAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        await context.Response.WriteAsync("read");
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
