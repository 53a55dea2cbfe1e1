using System.Net;
using System.Text.RegularExpressions;
using Trailgate.EndToEnd.Tests.Processes;

namespace Trailgate.EndToEnd.Tests.Page;

/// <summary>How the files of the page are served, without a browser.</summary>
public sealed class PageFilesTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private readonly HttpClient _client = new();
    private TrailgateProcess? _server;
    private Uri _address = null!; // set before any test

    public async Task InitializeAsync() => (_server, _address) = await TrailgateProcess.ServeAsync(_folder);

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server!.DisposeAsync(); // not null: it was started before any test
        _folder.Dispose();
    }

    [Fact]
    public async Task Every_file_that_the_page_names_is_there_and_none_may_run_or_frame_anything_else()
    {
        var waiting = new Queue<string>(["/"]);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (waiting.TryDequeue(out var path))
        {
            if (!seen.Add(path))
            {
                continue;
            }

            using var response = await _client.GetAsync(new Uri(_address, path));
            Assert.Equal((path, HttpStatusCode.OK), (path, response.StatusCode));
            var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
            var text = await response.Content.ReadAsStringAsync();
            foreach (Match name in Regex.Matches(text, @"(?:href|src)=""([\w/.]+)""|from '\./([\w.]+)'"))
            {
                waiting.Enqueue(name.Groups[1].Success ? $"/{name.Groups[1].Value}" : $"/js/{name.Groups[2].Value}");
            }
        }

        Assert.Contains("/css/theme.css", seen);
        Assert.Contains("/js/histogram.js", seen);
        Assert.Contains("/favicon.svg", seen);
    }

    [Fact]
    public async Task Every_module_is_named_by_the_first_file_so_that_none_waits_for_another()
    {
        var index = await _client.GetStringAsync(new Uri(_address, "/"));
        var named = Regex.Matches(index, @"""js/([\w.]+)""").Select(static name => name.Groups[1].Value).ToHashSet(StringComparer.Ordinal);

        foreach (var module in named)
        {
            var text = await _client.GetStringAsync(new Uri(_address, $"/js/{module}"));
            Assert.Superset(Regex.Matches(text, @"from '\./([\w.]+)'").Select(static name => name.Groups[1].Value).ToHashSet(StringComparer.Ordinal), named);
        }
    }

    [Fact]
    public async Task A_browser_that_has_a_file_is_told_so()
    {
        using var first = await _client.GetAsync(new Uri(_address, "/js/main.js"));
        using var again = new HttpRequestMessage(HttpMethod.Get, new Uri(_address, "/js/main.js"));
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!); // not null: every file has one

        using var second = await _client.SendAsync(again);

        Assert.Equal("text/javascript; charset=utf-8", first.Content.Headers.ContentType?.ToString());
        Assert.True(first.Headers.CacheControl?.NoCache);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/", "Host", "attacker.example", HttpStatusCode.Forbidden)]
    [InlineData("/", "Origin", "http://attacker.example", HttpStatusCode.Forbidden)]
    [InlineData("/js/", null, null, HttpStatusCode.NotFound)]
    [InlineData("/js/../index.html", null, null, HttpStatusCode.NotFound)]
    [InlineData("/index.html", null, null, HttpStatusCode.NotFound)]
    public async Task Strangers_and_other_paths_get_nothing(string path, string? header, string? value, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_address, path));
        if (header is not null)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        using var response = await _client.SendAsync(request);

        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task The_page_can_only_be_read()
    {
        using var response = await _client.PostAsync(new Uri(_address, "/"), null);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow);
    }
}
