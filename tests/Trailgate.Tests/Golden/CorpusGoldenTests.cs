using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Trailgate.Tests.Support;
using static Trailgate.Tests.Ingest.Envelopes.Opening;

namespace Trailgate.Tests.Golden;

/// <summary>
/// What each public sample event must become. The samples themselves lie beside the clone; here are the expectations,
/// one file an event, derived by hand from the sample and the rules and named after the sample and the event's place in
/// it: <c>corpus/events/ibm-vpc-009.0.json</c>.
/// </summary>
public sealed class CorpusGoldenTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Golden", "corpus");

    /// <summary>Samples that are no body of a request: templates, headers, descriptions, and a text that was cut.</summary>
    private static readonly string[] NoBodies = [".txt", ".hbs", ".http"];

    public static TheoryData<string, int> Expectations()
    {
        var data = new TheoryData<string, int>();
        foreach (var folder in new[] { "events", "envelopes" })
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(Folder, folder), "*.json").Order(StringComparer.Ordinal))
            {
                var name = Path.GetFileNameWithoutExtension(file);
                var dot = name.LastIndexOf('.');
                data.Add($"{folder}/{name[..dot]}.json", int.Parse(name[(dot + 1)..], CultureInfo.InvariantCulture));
            }
        }

        return data;
    }

    [CorpusTheory]
    [MemberData(nameof(Expectations))]
    public void A_sample_becomes_what_its_golden_file_says(string sample, int index)
    {
        var expected = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, $"{sample[..^5]}.{index}.json")))!.AsObject(); // never "null"

        var item = Open(File.ReadAllText(Path.Combine(Corpus.Folder!, sample)))[index]; // not null: the test is skipped then

        if (expected["quarantined"] is { } reason)
        {
            Assert.Equal((string?)reason, item.Reason);
            return;
        }

        Assert.True(item.Reason is null, item.Reason);
        Assert.Equal(Readable(expected), Readable(Facts(item)));
    }

    [CorpusFact]
    public void Every_sample_has_a_golden_file_for_each_of_its_events_and_no_golden_file_is_left_over()
    {
        var expected = new List<(string, int)>();
        foreach (var file in Corpus.Events!.Concat(Corpus.Envelopes!)) // not null: the test is skipped then
        {
            if (!NoBodies.Contains(Path.GetExtension(file)))
            {
                var sample = $"{Path.GetFileName(Path.GetDirectoryName(file))}/{Path.GetFileName(file)}";
                expected.AddRange(Enumerable.Range(0, Open(File.ReadAllText(file)).Count).Select(index => (sample, index)));
            }
        }

        Assert.Equal(expected.Order(), Expectations().Select(row => ((string)row[0], (int)row[1])).Order());
    }

    // What an event says, in the words of the golden files. A time of receipt is null there: it is not the event's own.
    private static JsonObject Facts(Item item)
    {
        var line = item.Json;
        var own = line["trailgate"]!; // every stored event has it
        var assumed = own["assumed"]?.AsArray().Select(name => (string?)name).ToArray() ?? [];
        var facts = new JsonObject
        {
            ["eventTime"] = assumed.Contains("eventTime") ? null : (string?)line["eventTime"],
            ["action"] = Copy(line["action"]),
            ["outcome"] = Copy(line["outcome"]),
            ["severity"] = Copy(line["severity"]),
            ["region"] = Copy(own["region"]),
            ["kind"] = Copy(own["kind"]),
        };
        Add("reasonCode", line["reason"]?["reasonCode"]);
        Add("sourceId", own["sourceId"]);
        Add("targetId", line["target"]?["id"]);
        Add("initiatorId", line["initiator"]?["id"]);
        Add("given", own["given"]);
        Add("assumed", own["assumed"]);
        Add("redacted", own["redacted"] is JsonArray redacted ? new JsonArray([.. redacted.Select(entry => Copy(entry!["pointer"]))]) : null);
        Add("limited", own["limited"]);
        Add("envelope", own["envelope"]?["type"]);
        Add("members", Names(line.AsObject().Select(member => member.Key).Where(name => name is not ("id" or "extensions" or "trailgate"))));
        Add("extensions", line["extensions"] is JsonObject extensions ? Names(extensions.Select(member => member.Key)) : null);
        return facts;

        void Add(string name, JsonNode? value)
        {
            if (value is not null)
            {
                facts[name] = Copy(value);
            }
        }
    }

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(name => (JsonNode)name)]);

    private static JsonNode? Copy(JsonNode? node) => node?.DeepClone();

    private static string Readable(JsonNode node) => node.ToJsonString(new JsonSerializerOptions(JsonSerializerDefaults.General) { WriteIndented = true });
}
