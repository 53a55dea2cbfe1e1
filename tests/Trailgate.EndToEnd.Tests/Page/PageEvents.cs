using System.Globalization;
using System.Text.Json.Nodes;

namespace Trailgate.EndToEnd.Tests.Page;

/// <summary>What the server of the page's tests was sent: a made-up past that ends a while before a moment.</summary>
internal sealed class PageEvents(DateTimeOffset now)
{
    /// <summary>The request that deployed the shop, across two regions, and failed once.</summary>
    public const string Deployment = "req-deploy-shop";

    /// <summary>What a stranger sent who wants the page to run or to lie.</summary>
    public const string HostileName = "<img src=x onerror=alert(1)>\u202Emoc.elpmaxe@toor";

    /// <summary>How many events of the past there are besides <see cref="Deployment"/>.</summary>
    public const int Reads = 120;

    /// <summary>The oldest moment of the past.</summary>
    public DateTimeOffset Start => now.AddHours(-48);

    /// <summary>What is archived before any test: reads by Ana over two days, and the first life of the shop.</summary>
    public string Past() => new JsonArray(
    [
        .. Enumerable.Range(0, Reads).Select(number => Event(Start.AddMinutes(20 * number), "application.read", "ana@example.com", "us-south", $"req-read-{number}")),
        Event(now.AddHours(-3), "application.create", "alice@example.com", "us-south", "req-first-shop", body: """{"name":"shop","spec":{"image":"icr.example.com/shop:1","scale":3}}"""),
    ]).ToJsonString();

    /// <summary>What waits in the inbox while the tests run.</summary>
    public string Recent() => new JsonArray(
        Event(now.AddMinutes(-50), "secret.read", "alice@example.com", "us-south", "req-look-before"),
        Event(now.AddMinutes(-45), "application.update", "alice@example.com", "us-south", Deployment, body: """{"name":"shop","newValue":{"spec":{"scale":5}}}"""),
        Event(now.AddMinutes(-44), "job.create", "alice@example.com", "eu-de", Deployment, outcome: "pending"),
        Event(now.AddMinutes(-43), "application.delete", "alice@example.com", "us-south", Deployment, outcome: "failure", why: "The caller lacks the role Writer in this project.", body: """{"name":"shop"}"""),
        Hostile()).ToJsonString();

    /// <summary>One more, from now.</summary>
    public static string Late(DateTimeOffset at, string who, string region = "eu-gb") => Event(at, "build.create", who, region, $"req-{who}").ToJsonString();

    /// <summary>One that meets the rule for deletes.</summary>
    public static string Delete(DateTimeOffset at, string who) => Event(at, "application.delete", who, "ca-tor", $"req-{who}", body: """{"verb":"delete","name":"frontend"}""").ToJsonString();

    private JsonObject Hostile()
    {
        var hostile = Event(now.AddMinutes(-30), "application.update", HostileName, "eu-de", "req-hostile", outcome: "failure", why: "</style></script><b>bold</b>");
        hostile["target"]!["name"] = string.Concat(Enumerable.Repeat("\U0001D54F", 500)); // not null: each event has one
        hostile["message"] = new string('A', 12_000);
        hostile["requestData"] = new JsonObject { ["<script>alert(2)</script>"] = "\"><svg onload=alert(3)>\u0007\u200B\u2066" };
        return hostile;
    }

    private static JsonObject Event(
        DateTimeOffset at, string action, string who, string region, string request, string outcome = "success", string? why = null, string? body = null) => new()
        {
            ["eventTime"] = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["action"] = $"codeengine.{action}",
            ["outcome"] = outcome,
            ["severity"] = outcome == "failure" ? "critical" : "normal",
            ["reason"] = why is null ? new JsonObject { ["reasonCode"] = 200 } : new JsonObject { ["reasonCode"] = 403, ["reasonType"] = "Forbidden", ["reasonForFailure"] = why },
            ["initiator"] = new JsonObject { ["id"] = $"IBMid-{who.Length}", ["name"] = who, ["host"] = new JsonObject { ["address"] = "192.0.2.17" } },
            ["target"] = new JsonObject { ["id"] = $"crn:v1:bluemix:public:codeengine:{region}:a/0123456789abcdef0123456789abcdef:webshop::", ["name"] = "webshop", ["typeURI"] = "codeengine/application" },
            ["correlationId"] = request,
            ["logSourceCRN"] = $"crn:v1:bluemix:public:codeengine:{region}:a/0123456789abcdef0123456789abcdef:::",
            ["requestData"] = body is null ? null : JsonNode.Parse(body),
        };
}
