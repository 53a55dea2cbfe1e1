using System.Net;
using System.Text;

namespace Trailgate.EndToEnd.Tests.Load;

/// <summary>One request.</summary>
internal static class Post
{
    /// <summary>An event that each default rule leaves alone, or that meets <c>delete</c> or <c>failure</c>.</summary>
    public static string Event(string key, string verb = "read", string outcome = "success") => $$"""
        {"action":"codeengine.application.{{verb}}","eventTime":"2026-11-22T05:54:00.12+0000","outcome":"{{outcome}}","correlationId":"{{key}}","logSourceCRN":"crn:v1:bluemix:public:codeengine:eu-de:a/0123456789abcdef0123456789abcdef:::"}
        """;

    /// <summary>Posts a body of JSON.</summary>
    public static async Task<HttpResponseMessage> JsonAsync(Uri address, string json, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient { Timeout = Processes.TrailgateProcess.Patience };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "/api/events"));
        request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await client.SendAsync(request);
    }

    /// <summary>Posts an event that must be accepted.</summary>
    public static async Task AcceptedAsync(Uri address, string json)
    {
        using var response = await JsonAsync(address, json);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }
}
