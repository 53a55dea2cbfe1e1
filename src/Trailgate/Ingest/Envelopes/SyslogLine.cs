using System.Text;
using System.Text.RegularExpressions;
using Trailgate.Normalize;

namespace Trailgate.Ingest.Envelopes;

/// <summary>
/// A line of text that ends in a JSON object: behind a syslog header of RFC 5424 or RFC 3164, or behind whatever another
/// logger writes there, which is kept as it is.
/// </summary>
internal static partial class SyslogLine
{
    private const string SyslogType = "syslog";
    private const string TextType = "text-line";

    /// <summary>Finds the JSON object that the line ends in. False when it ends in none.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> json, out EnvelopeFacts facts)
    {
        var start = FindObject(line);
        var isWhole = start >= 0 && JsonInText.IsWhole(line[start..]);
        json = isWhole ? line[start..] : [];
        facts = isWhole ? FactsOf(Encoding.UTF8.GetString(line[..start]).Trim()) : FactsWriter.TypeOnly(TextType);
        return isWhole;
    }

    // The first brace before a name: headers have braces as well, but escape quotes. A later one may be an object inside
    // of an event that was cut, and is not tried: what is in requestData must never pass for the event.
    private static int FindObject(ReadOnlySpan<byte> line)
    {
        for (var at = 0; line[at..].IndexOf((byte)'{') is var brace and >= 0; at += brace + 1)
        {
            if (line[(at + brace + 1)..].TrimStart(" \t"u8) is [(byte)'"' or (byte)'}', ..])
            {
                return at + brace;
            }
        }

        return -1;
    }

    private static EnvelopeFacts FactsOf(string prefix)
    {
        var match = Rfc5424().Match(prefix);
        match = match.Success ? match : Rfc3164().Match(prefix);
        if (!match.Success)
        {
            return new FactsWriter(TextType).Add("prefix", Encoding.UTF8.GetBytes(prefix)).Build();
        }

        var facts = new FactsWriter(SyslogType);
        foreach (var (name, group) in new[] { ("id", "id"), ("source", "host"), ("time", "time"), ("app", "app"), ("process", "process"), ("priority", "priority"), ("prefix", "rest") })
        {
            var value = match.Groups[group].Value.Trim();
            facts.Add(name, value == "-" ? [] : Encoding.UTF8.GetBytes(value));
        }

        return facts.Build();
    }

    // <PRI>VERSION TIMESTAMP HOSTNAME APP-NAME PROCID MSGID [STRUCTURED-DATA] message
    [GeneratedRegex(@"^<(?<priority>\d{1,3})>\d{1,2} (?<time>\S+) (?<host>\S+) (?<app>\S+) (?<process>\S+) (?<id>\S+) ?(?<rest>.*)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Rfc5424();

    // <PRI>Mmm dd hh:mm:ss HOSTNAME TAG[PID]: message; rsyslog writes files without PRI, and RFC 3339 times
    [GeneratedRegex(@"^(<(?<priority>\d{1,3})>)?(?<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) (?<host>\S+) (?<app>[^\s:\[]+)(\[(?<process>[^\]\s]*)\])?:(?<rest>.*)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Rfc3164();
}
