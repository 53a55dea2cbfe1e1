using System.Text;
using Microsoft.AspNetCore.Http;
using Trailgate.Normalize;

namespace Trailgate.Ingest.Envelopes;

/// <summary>
/// A CloudEvent in the binary mode of the HTTP binding: its attributes stand in headers <c>ce-*</c>, and the body is the
/// event's data.
/// </summary>
/// <param name="Facts">What the headers tell.</param>
/// <param name="Fault">Why they make no CloudEvent, or null.</param>
internal sealed record CloudEventHeaders(EnvelopeFacts Facts, string? Fault)
{
    private const string Prefix = "ce-";

    private static readonly string[] Required = ["ce-id", "ce-source", "ce-type", "ce-specversion"];
    private static readonly string[] Named = ["id", "source", "time", "type", "specversion"];

    /// <summary>
    /// Reads the headers of a request; null when it is no CloudEvent. One <c>ce-</c> header alone may be of anyone's making:
    /// two of the four required ones are a CloudEvent, whole or not.
    /// </summary>
    public static CloudEventHeaders? Read(IHeaderDictionary headers)
    {
        var present = 0;
        foreach (var name in Required)
        {
            present += headers.ContainsKey(name) ? 1 : 0;
        }

        return present < 2 ? null : ReadAll(headers);
    }

    private static CloudEventHeaders ReadAll(IHeaderDictionary headers)
    {
        var facts = new FactsWriter(CloudEvent.TypeName);
        string? fault = null;
        byte[]? region = null;
        foreach (var name in Named)
        {
            var given = headers[Prefix + name];
            if (given.Count != 1 || string.IsNullOrEmpty(given[0]))
            {
                fault ??= name == "time" && given.Count == 0 ? null : $"the header 'ce-{name}' is missing, empty or stands twice";
            }
            else if (!HeaderText.TryDecode(given[0]!, out var value)) // not null: it has just been looked at
            {
                fault ??= $"the header 'ce-{name}' is no percent-encoded UTF-8";
            }
            else if (name != "specversion")
            {
                facts.Add(name == "type" ? "eventType" : name, value);
            }
            else if (!value.AsSpan().SequenceEqual("1.0"u8))
            {
                fault ??= "its specversion is not 1.0";
            }
        }

        foreach (var header in headers)
        {
            var name = header.Key.ToLowerInvariant();
            if (!name.StartsWith(Prefix, StringComparison.Ordinal) || Named.Contains(name[Prefix.Length..]))
            {
                continue;
            }

            if (!HeaderText.TryDecode(header.Value.ToString(), out var value))
            {
                fault ??= "the header of an extension is no percent-encoded UTF-8";
                continue;
            }

            facts.AddOther(Encoding.UTF8.GetBytes(name[Prefix.Length..]), value);
            region = name == "ce-region" ? FactsWriter.RegionOf(value) : region;
        }

        return new CloudEventHeaders(facts.Build() with { Region = region }, fault);
    }
}
