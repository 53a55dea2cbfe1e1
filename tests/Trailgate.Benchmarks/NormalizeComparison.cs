using System.Buffers;
using System.Text.Json;
using Trailgate.Benchmarks.Load;
using Trailgate.Events;
using Trailgate.Normalize;

namespace Trailgate.Benchmarks;

/// <summary>
/// The normalizer on one core beside what it can not beat: reading the same events with <see cref="Utf8JsonReader"/>, and
/// copying them token by token. All in one process and in turn, so that the ratios hold on a busy machine.
/// </summary>
internal static class NormalizeComparison
{
    public static int Run(TimeProvider time, TimeSpan round, int rounds)
    {
        var deck = new CodeEngineEvents().Deck(1);
        foreach (var json in deck)
        {
            EventSlots.Find(json, 0).Fill(json, (ulong)Array.IndexOf([.. deck], json), "2026-11-22T05:54:00.12"u8);
        }

        var bytes = deck.Average(json => json.Length);
        var redaction = new RedactionSettings();
        var normalizer = new EventNormalizer(new NameTraits([]), redaction, new RegionTable([]), maxDepth: 64);
        var reception = new Reception(null, EventTime.From(time.GetUtcNow()));
        (string Name, Action<byte[]> Work)[] works =
        [
            ("read tokens", Read),
            ("copy tokens", new TokenCopier().Copy),
            ("normalize", json => Normalize(normalizer, json, reception)),
        ];

        var results = works.ToDictionary(work => work.Name, _ => new List<double>());
        foreach (var work in works)
        {
            Measure(time, deck, work.Work, round); // For the JIT.
        }

        for (var i = 0; i < rounds; i++)
        {
            foreach (var work in works)
            {
                results[work.Name].Add(Measure(time, deck, work.Work, round));
            }
        }

        var table = new Table(("work", -14), ("ns/event", 10), ("MB/s", 8), ("of reading", 11), ("bytes allocated/event", 22));
        table.WriteTitles();
        var reading = Median(results["read tokens"]);
        foreach (var work in works)
        {
            var nanoseconds = Median(results[work.Name]);
            table.Write(work.Name, nanoseconds, bytes / nanoseconds * 1000, $"{nanoseconds / reading:F1} x", Allocated(deck, work.Work));
        }

        return 0;
    }

    private static double Measure(TimeProvider time, List<byte[]> deck, Action<byte[]> work, TimeSpan round)
    {
        var start = time.GetTimestamp();
        long done = 0;
        TimeSpan elapsed;
        do
        {
            foreach (var json in deck)
            {
                work(json);
            }

            done += deck.Count;
            elapsed = time.GetElapsedTime(start);
        }
        while (elapsed < round);
        return elapsed.TotalNanoseconds / done;
    }

    private static double Allocated(List<byte[]> deck, Action<byte[]> work)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var json in deck)
        {
            work(json);
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)deck.Count;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static void Read(byte[] json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
        }
    }

    private static void Normalize(EventNormalizer normalizer, byte[] json, Reception reception)
    {
        var scanner = new JsonScanner(json);
        if (normalizer.Normalize(ref scanner, reception).Reason is { } reason)
        {
            throw new InvalidDataException($"An event of the load is no event: {reason}");
        }
    }

    private sealed class TokenCopier
    {
        private readonly ArrayBufferWriter<byte> _output = new(64 * 1024);

        public void Copy(byte[] json)
        {
            _output.ResetWrittenCount();
            using var writer = new Utf8JsonWriter(_output, new JsonWriterOptions { SkipValidation = true });
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject: writer.WriteStartObject(); break;
                    case JsonTokenType.EndObject: writer.WriteEndObject(); break;
                    case JsonTokenType.StartArray: writer.WriteStartArray(); break;
                    case JsonTokenType.EndArray: writer.WriteEndArray(); break;
                    case JsonTokenType.PropertyName: writer.WritePropertyName(reader.ValueSpan); break;
                    case JsonTokenType.String: writer.WriteStringValue(reader.ValueSpan); break;
                    default: writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true); break;
                }
            }
        }
    }
}
