using Microsoft.AspNetCore.Http;
using Trailgate.Hosting;

namespace Trailgate.Tests.Hosting;

public sealed class LoopbackOnlyTests
{
    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:7071")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:80")]
    [InlineData("[::1]")]
    [InlineData("[::1]:7071")]
    public void A_request_to_a_loopback_name_goes_on(string host) =>
        Assert.Null(LoopbackOnly.Refuse(Request(host)));

    [Theory]
    [InlineData("")]
    [InlineData("evil.example")]
    [InlineData("evil.example:7071")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.nip.io")]
    [InlineData("localhost.")]
    [InlineData("0.0.0.0")]
    [InlineData("192.168.1.4:7071")]
    [InlineData("[::ffff:192.168.1.4]")]
    public void A_request_to_any_other_name_is_403(string host)
    {
        var problem = LoopbackOnly.Refuse(Request(host));

        Assert.Equal((403, "foreign-host"), (problem?.Status ?? 0, problem?.Code));
    }

    [Theory]
    [InlineData("localhost:7071", "http://localhost:7071")]
    [InlineData("127.0.0.1:7071", "http://127.0.0.1:7071")]
    [InlineData("[::1]:7071", "http://[::1]:7071")]
    [InlineData("localhost", "HTTP://LOCALHOST")]
    public void A_page_of_this_server_may_call(string host, string origin) =>
        Assert.Null(LoopbackOnly.Refuse(Request(host, origin)));

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("https://localhost:7071")]
    [InlineData("http://localhost:3000")]
    [InlineData("http://localhost")]
    [InlineData("http://127.0.0.1:7071")]
    [InlineData("http://evil.localhost:7071")]
    [InlineData("null")]
    [InlineData("")]
    public void A_page_of_any_other_site_is_403(string origin)
    {
        var problem = LoopbackOnly.Refuse(Request("localhost:7071", origin));

        Assert.Equal((403, "foreign-origin"), (problem?.Status ?? 0, problem?.Code));
    }

    [Fact]
    public void Two_origins_are_403() =>
        Assert.Equal(403, LoopbackOnly.Refuse(Request("localhost", "http://localhost", "http://localhost"))?.Status);

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("localhost", true)]
    [InlineData("[::1]", true)]
    [InlineData("127.0.0.2", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("[::]", false)]
    [InlineData("*", false)]
    [InlineData("+", false)]
    [InlineData("example.com", false)]
    [InlineData("192.168.1.4", false)]
    [InlineData("7071", false)]
    [InlineData("loopback", false)]
    [InlineData("user@127.0.0.1", false)]
    [InlineData("x@localhost", false)]
    public void Only_localhost_and_loopback_addresses_are_bound_to_loopback(string host, bool expected) =>
        Assert.Equal(expected, LoopbackOnly.IsLoopbackHost(host));

    private static HttpRequest Request(string host, params string[] origins)
    {
        var request = new DefaultHttpContext().Request;
        request.Scheme = "http";
        request.Host = new HostString(host);
        if (origins.Length > 0)
        {
            request.Headers.Origin = origins;
        }

        return request;
    }
}
