using System.IO.Compression;
using System.Text;
using Trailgate.EndToEnd.Tests.Corpus;
using Trailgate.EndToEnd.Tests.Load;

namespace Trailgate.EndToEnd.Tests.Fuzz;

/// <summary>A request as no honest sender makes it: good events with damage, under headers that may not fit.</summary>
internal sealed record FuzzBody(byte[] Bytes, string? ContentType, string? ContentEncoding)
{
    private static readonly string?[] Types = ["application/json", "application/x-ndjson", "application/jsonl; charset=utf-8", "application/cloudevents+json", null];
    private static readonly string[] OtherTypes = ["application/json; charset=utf-16", "text/xml", "multipart/form-data", "no type"];

    // What parsers stumble over: numbers, escapes, half surrogates, nesting, names that mean something to us.
    private static readonly string[] Tokens =
    [
        "1e999", "-0", "9223372036854775808", "\"\\ud800\"", "\"\\u0000\"", "null", "{}", "[]", "\"\"", "{", "}", "[", "]", ",", ":", "\"", "\\", "\n", "\r\n", "\0", "\uFEFF",
        "\"action\":1", "\"action\":\"a.b.delete\"", "\"eventTime\":\"2026-13-45T99:99:99Z\"", "\"eventTime\":-1e300", "\"trailgate\":{\"schema\":1}", "\"quarantined\":true",
        "\"id\":\"../../etc\"", "\"logSourceCRN\":\"::::::::::::\"", "\"region\":\"../x\"", "\"requestData\":\"{\\\"password\\\":\"",
        new string('[', 300), new string('{', 70), new string('x', 20_000),
    ];

    /// <summary>Makes one by chance.</summary>
    public static FuzzBody Make(Random random, EventSource source)
    {
        var bytes = Damage(random, Encoding.UTF8.GetBytes(Text(random, source)));
        var type = random.Next(20) == 0 ? OtherTypes[random.Next(OtherTypes.Length)] : Types[random.Next(Types.Length)];
        if (random.Next(4) > 0)
        {
            return new FuzzBody(bytes, type, random.Next(20) == 0 ? "gzip" : random.Next(30) == 0 ? "br" : null);
        }

        var compressed = Gzip(bytes);
        return new FuzzBody(random.Next(2) == 0 ? compressed : Damage(random, compressed), type, "gzip");
    }

    private static string Text(Random random, EventSource source)
    {
        var events = Enumerable.Range(0, random.Next(1, 8))
            .Select(_ => random.Next(3) == 0 ? CorpusFile.Own[random.Next(CorpusFile.Own.Count)].OnOneLine : source.Next().Json);
        return random.Next(3) switch
        {
            0 => events.First(),
            1 => $"[{string.Join(',', events)}]",
            _ => string.Join('\n', events),
        };
    }

    private static byte[] Damage(Random random, byte[] bytes)
    {
        var result = bytes.ToList();
        for (var left = random.Next(4); left > 0 && result.Count > 0; left--)
        {
            var at = random.Next(result.Count);
            switch (random.Next(6))
            {
                case 0:
                    result[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    result[at] = (byte)random.Next(256);
                    break;
                case 2:
                    result.RemoveRange(at, random.Next(Math.Min(result.Count - at, 40) + 1));
                    break;
                case 3:
                    result.RemoveRange(at, result.Count - at);
                    break;
                case 4:
                    result.InsertRange(at, result.GetRange(at, Math.Min(result.Count - at, random.Next(200))));
                    break;
                default:
                    result.InsertRange(at, Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]));
                    break;
            }
        }

        return [.. result];
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }
}
