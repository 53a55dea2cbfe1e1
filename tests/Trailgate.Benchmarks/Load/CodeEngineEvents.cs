using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Trailgate.Benchmarks.Load;

/// <summary>
/// Builds Code Engine events as IBM Cloud sends them (CADF, about 1 KB), with placeholders where one event must
/// differ from the next. The same seed gives the same events in every run.
/// </summary>
internal sealed class CodeEngineEvents
{
    private const string Account = "7f3e1c9a5b2d4f6089ab1c2d3e4f5061";

    private static readonly string[] Regions = ["us-south", "eu-de", "us-east", "eu-gb", "jp-tok", "au-syd"];
    private static readonly int[] RegionShares = [35, 25, 14, 10, 8, 8];

    private static readonly string[] Written =
        ["application", "buildrun", "jobrun", "configmap", "secret", "application", "build", "job", "subscription", "pods", "servicebindings"];

    private static readonly string[] Updated =
        ["application", "application", "configmap", "secret", "build", "job", "subscription", "servicebindings", "project"];

    private static readonly string[] Looked =
        ["application", "project", "buildrun", "jobrun", "pods", "application", "configmap", "secret", "build", "job", "subscription",
         "servicebindings", "serviceaccounts", "events", "resourcequotas", "limitranges", "deployments", "pods"];

    private static readonly string[] Names =
        ["checkout", "frontend", "invoice-export", "image-resizer", "nightly-report", "catalog-api", "mail-relay", "search-indexer"];

    private static readonly string[] People =
        ["amelie.laurent@example.com", "jonas.weber@example.com", "priya.nair@example.com", "kenji.mori@example.com", "deploy-bot"];

    private static readonly string[] Agents =
        ["ibmcloud/2.30.0 (linux amd64)", "kubectl/v1.31.2 (darwin/arm64) kubernetes/5864a46",
         "Mozilla/5.0 (X11; Linux x86_64; rv:132.0)", "kn/v1.15.0"];

    private static readonly (int Code, string Type, string Why, string Severity)[] Failures =
    [
        (403, "Forbidden", "The caller lacks the role that this operation asks for.", "critical"),
        (404, "Not Found", "There is no such resource in the project.", "warning"),
        (409, "Conflict", "A resource of this name exists already.", "warning"),
        (400, "Bad Request", "The scale limits contradict each other.", "warning"),
        (503, "Service Unavailable", "The registry did not answer in time.", "critical"),
    ];

    private readonly Random _random = new(20261122);

    /// <summary>
    /// A deck of events in the proportions of normal use: of 1,000 there are 500 read, 250 list, 130 update, 90 create
    /// and 30 delete, shuffled, and 20 of all fail.
    /// </summary>
    public List<byte[]> Deck(int thousands)
    {
        var verbs = new List<string>();
        for (var i = 0; i < thousands; i++)
        {
            verbs.AddRange(Enumerable.Repeat("read", 500));
            verbs.AddRange(Enumerable.Repeat("list", 250));
            verbs.AddRange(Enumerable.Repeat("update", 130));
            verbs.AddRange(Enumerable.Repeat("create", 90));
            verbs.AddRange(Enumerable.Repeat("delete", 30));
        }

        var deck = verbs.ToArray();
        _random.Shuffle(deck);
        var failing = Enumerable.Range(0, deck.Length).ToArray();
        _random.Shuffle(failing);
        var failed = failing.Take(deck.Length / 50).ToHashSet();
        return [.. deck.Select((verb, index) => Build(verb, failed.Contains(index)))];
    }

    private byte[] Build(string verb, bool fails)
    {
        var what = Pick(verb switch { "update" => Updated, "read" or "list" => Looked, _ => Written });
        var name = Pick(Names);
        var project = $"{Hex(8)}-{Hex(4)}-4{Hex(3)}-8{Hex(3)}-{Hex(12)}";
        var crn = $"crn:v1:bluemix:public:codeengine:{PickRegion()}:a/{Account}:{project}::";
        var person = Pick(People);
        var isService = person == "deploy-bot";
        var failure = Failures[_random.Next(Failures.Length)];

        var bytes = new ArrayBufferWriter<byte>(2048);
        // IBM writes the + of its offsets plainly; the default encoder would escape it.
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("id", EventSlots.IdPlaceholder);
            json.WriteString("action", $"codeengine.{what}.{verb}");
            json.WriteString("outcome", fails ? "failure" : "success");
            json.WriteString("eventTime", EventSlots.TimePlaceholder + "+0000");
            json.WriteString("severity", fails ? failure.Severity : verb switch { "delete" => "critical", "update" => "warning", _ => "normal" });
            json.WriteString("correlationId", EventSlots.CorrelationPlaceholder);
            json.WriteString("message", $"Code Engine: {verb} {what} {name}-{EventSlots.NumberPlaceholder}{(fails ? " -failure" : "")}");
            json.WriteBoolean("dataEvent", false);
            json.WriteString("logSourceCRN", crn);
            json.WriteBoolean("saveServiceCopy", true);
            WriteInitiator(json, person, isService);

            json.WriteStartObject("target");
            json.WriteString("id", crn);
            json.WriteString("name", name);
            json.WriteString("typeURI", $"codeengine/{what}");
            json.WriteEndObject();
            json.WriteStartObject("observer");
            json.WriteString("name", "ActivityTracker");
            json.WriteEndObject();

            json.WriteStartObject("reason");
            json.WriteNumber("reasonCode", fails ? failure.Code : verb == "create" ? 201 : 200);
            json.WriteString("reasonType", fails ? failure.Type : verb == "create" ? "Created" : "OK");
            if (fails)
            {
                json.WriteString("reasonForFailure", failure.Why);
            }

            json.WriteEndObject();
            WriteRequest(json, verb, what, name, project);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    private void WriteInitiator(Utf8JsonWriter json, string person, bool isService)
    {
        json.WriteStartObject("initiator");
        json.WriteString("id", isService ? $"iam-ServiceId-{Hex(8)}-{Hex(4)}-4{Hex(3)}-9{Hex(3)}-{Hex(12)}" : $"IBMid-{Hex(10).ToUpperInvariant()}");
        json.WriteString("name", person);
        json.WriteString("typeURI", isService ? "service/security/account/serviceid" : "service/security/account/user");
        json.WriteStartObject("credential");
        json.WriteString("type", isService ? "apikey" : "token");
        json.WriteEndObject();
        json.WriteStartObject("host");
        json.WriteString("address", $"198.51.100.{_random.Next(1, 255)}");
        json.WriteString("addressType", "IPv4");
        json.WriteString("agent", Pick(Agents));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Code Engine's own habit: an update carries only the new value, beside the verb.</summary>
    private void WriteRequest(Utf8JsonWriter json, string verb, string what, string name, string project)
    {
        json.WriteStartObject("requestData");
        json.WriteString("verb", verb);
        json.WriteString("projectId", project);
        if (verb is "create" or "update")
        {
            json.WriteStartObject(verb == "update" ? "newValue" : "spec");
            json.WriteString("name", name);
            if (what is "configmap" or "secret")
            {
                json.WriteStartObject("data");
                json.WriteString("LOG_LEVEL", "info");
                json.WriteString("DATABASE_URL", $"postgres://{name}.db.example.com:5432/main");
                json.WriteString("password", Hex(24));
                json.WriteEndObject();
            }
            else
            {
                json.WriteString("image", $"private.icr.io/shop/{name}@sha256:{Hex(32)}");
                json.WriteNumber("scaleMinInstances", _random.Next(3));
                json.WriteNumber("scaleMaxInstances", _random.Next(3, 20));
                json.WriteString("scaleCpuLimit", "1");
                json.WriteString("scaleMemoryLimit", "4G");
                json.WriteNumber("imagePort", 8080);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        if (verb == "list")
        {
            json.WriteStartObject("responseData");
            json.WriteNumber("limit", 100);
            json.WriteNumber("count", _random.Next(60));
            json.WriteEndObject();
        }
    }

    private string Pick(string[] from) => from[_random.Next(from.Length)];

    private string Hex(int digits) => _random.GetHexString(digits, lowercase: true);

    private string PickRegion()
    {
        var at = _random.Next(RegionShares.Sum());
        var region = 0;
        while (at >= RegionShares[region])
        {
            at -= RegionShares[region++];
        }

        return Regions[region];
    }
}
