using Trailgate.Hosting;

namespace Trailgate.Cli.Demo;

/// <summary>What to try while the demo runs: each line works as printed.</summary>
internal static class DemoGuide
{
    public static void Write(TextWriter output, string url, string data, string? key)
    {
        var curl = key is null ? "curl -s" : $"curl -s -H '{AccessKeys.KeyHeader}: {key}'";
        var archive = Quote(Path.Combine(data, "archive"));
        output.WriteLine($$"""
            Demo: this server now sends itself a few made-up Code Engine events a second. Look at {{url}}/ in a browser, or try, in another terminal:

              # send an event of your own; it comes back with its id and region
              {{curl}} {{url}}/api/events -H 'content-type: application/json' -d '{"action":"codeengine.application.delete","outcome":"success","message":"hello from curl","initiator":{"name":"me@example.com"},"target":{"name":"webshop"},"logSourceCRN":"crn:v1:bluemix:public:codeengine:us-south:a/0123456789abcdef0123456789abcdef:::"}'

              # the latest deletes in Frankfurt; then the counters, which must balance
              {{curl}} '{{url}}/api/events?action=*.delete&region=eu-de&limit=3'
              {{curl}} {{url}}/api/stats

              # what the archive keeps, a file for each region and hour (after the first run)
              zcat {{archive}}/region=us-south/date=*/hour=*/*.ndjson.gz | tail -n 2

            Ctrl-C ends it; what was accepted stays.
            """);
        output.Flush();
    }

    private static string Quote(string path) =>
        path.All(character => char.IsAsciiLetterOrDigit(character) || "/._-".Contains(character, StringComparison.Ordinal))
            ? path
            : $"'{path.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
