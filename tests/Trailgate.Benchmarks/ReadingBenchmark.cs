using System.Buffers;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Trailgate.Benchmarks.Load;
using Trailgate.Events;
using Trailgate.Normalize;

namespace Trailgate.Benchmarks;

/// <summary>
/// The normalizer on one core beside what the platform does with the same events: reading them with
/// <see cref="Utf8JsonReader"/>, copying them token by token to a <see cref="Utf8JsonWriter"/> of default options, and
/// hashing them. Times are for one event.
/// </summary>
[MemoryDiagnoser]
public class ReadingBenchmark
{
    private const int Events = 1_000;

    private readonly List<byte[]> _deck = new CodeEngineEvents().Deck(1);
    private readonly EventNormalizer _normalizer = new(new NameTraits([]), new RedactionSettings(), new RegionTable([]), maxDepth: 64);
    private readonly Reception _reception = new(null, EventTime.From(new DateTimeOffset(2026, 11, 22, 6, 0, 0, TimeSpan.Zero)));
    private readonly ArrayBufferWriter<byte> _output = new(64 * 1024);
    private readonly RawMembers _members = new(new NameTraits([]));
    private byte[] _text = new byte[4096];

    /// <summary>Runs it in this process: what is measured is built already.</summary>
    public static int Run(int rounds)
    {
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithIterationCount(Math.Max(rounds, 3));
        var summary = BenchmarkRunner.Run<ReadingBenchmark>(DefaultConfig.Instance.AddJob(job).WithOptions(ConfigOptions.DisableLogFile)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), $"trailgate-benchmark-{Environment.ProcessId}")));
        Directory.Delete(summary.ResultsDirectoryPath, recursive: true);
        return summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success) ? 2 : 0;
    }

    /// <summary>Makes the events distinct.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        if (_deck.Count != Events)
        {
            throw new InvalidOperationException($"The deck has {_deck.Count} events.");
        }

        for (var i = 0; i < Events; i++)
        {
            EventSlots.Find(_deck[i], 0).Fill(_deck[i], (ulong)i, "2026-11-22T05:54:00.12"u8);
        }
    }

    /// <summary>The platform's reader, token by token.</summary>
    [Benchmark(OperationsPerInvoke = Events)]
    public int ReadTokens()
    {
        var tokens = 0;
        foreach (var json in _deck)
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
                tokens++;
            }
        }

        return tokens;
    }

    /// <summary>The platform's reader and writer.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Events)]
    public int CopyTokens()
    {
        var bytes = 0;
        foreach (var json in _deck)
        {
            _output.ResetWrittenCount();
            using var writer = new Utf8JsonWriter(_output);
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
                Copy(ref reader, writer);
            }

            writer.Flush();
            bytes += _output.WrittenCount;
        }

        return bytes;
    }

    /// <summary>The reading of the product: the grammar checked, the members found.</summary>
    [Benchmark(OperationsPerInvoke = Events)]
    public int FindMembers()
    {
        var bytes = 0;
        foreach (var json in _deck)
        {
            var scanner = new JsonScanner(json);
            _members.Read(ref scanner);
            bytes += scanner.Position;
        }

        return bytes;
    }

    /// <summary>The hash that the id of an event is made of.</summary>
    [Benchmark(OperationsPerInvoke = Events)]
    public int Hash()
    {
        var bits = 0;
        foreach (var json in _deck)
        {
            bits ^= Trailgate.Events.EventId.Of(json).GetHashCode();
        }

        return bits;
    }

    /// <summary>All of it: read, redact, bring into form, hash, derive, limit, write.</summary>
    [Benchmark(OperationsPerInvoke = Events)]
    public int Normalize()
    {
        var bytes = 0;
        foreach (var json in _deck)
        {
            var scanner = new JsonScanner(json);
            var result = _normalizer.Normalize(ref scanner, _reception);
            if (result.Reason is { } reason)
            {
                throw new InvalidDataException($"An event of the load is no event: {reason}");
            }

            bytes += result.Line.Length;
        }

        return bytes;
    }

    private void Copy(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject: writer.WriteStartObject(); break;
            case JsonTokenType.EndObject: writer.WriteEndObject(); break;
            case JsonTokenType.StartArray: writer.WriteStartArray(); break;
            case JsonTokenType.EndArray: writer.WriteEndArray(); break;
            case JsonTokenType.PropertyName: writer.WritePropertyName(Text(ref reader)); break;
            case JsonTokenType.String: writer.WriteStringValue(Text(ref reader)); break;
            case JsonTokenType.True: writer.WriteBooleanValue(true); break;
            case JsonTokenType.False: writer.WriteBooleanValue(false); break;
            case JsonTokenType.Null: writer.WriteNullValue(); break;
            default: writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true); break;
        }
    }

    private ReadOnlySpan<byte> Text(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan;
        }

        if (_text.Length < reader.ValueSpan.Length)
        {
            _text = new byte[reader.ValueSpan.Length];
        }

        return _text.AsSpan(0, reader.CopyString(_text));
    }
}
