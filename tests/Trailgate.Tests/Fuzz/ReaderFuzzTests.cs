using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Alerts;
using Trailgate.Alerts.Rules;
using Trailgate.Events;
using Trailgate.Ingest;
using Trailgate.Normalize;
using Trailgate.Storage;
using Trailgate.Tests.Storage;
using Xunit.Abstractions;

namespace Trailgate.Tests.Fuzz;

/// <summary>
/// The whole reader, from the bytes of a body to the lines of a batch, on changed, damaged, nested, huge and random input.
/// More of it: <c>TRAILGATE_FUZZ=1000000 dotnet test tests/Trailgate.Tests -c Release --filter ReaderFuzzTests</c>.
/// </summary>
public sealed class ReaderFuzzTests(ITestOutputHelper output)
{
    private const int HugeEvery = 20_000;
    private const int FirstHuge = 1_500;
    private const int FreshEvery = 64;
    private const int MaxFailures = 5;

    /// <summary>The array pool may keep some of what bodies of 10 MB took; what leaks with every case is far more after a long run.</summary>
    private const long MaxGrowth = 512L * 1024 * 1024;

    /// <summary>A run of its own. A shorter one goes beside other tests, whose memory it can not tell from its own.</summary>
    private const int LongRun = 100_000;

    private static readonly IngestOptions Options = new();
    private static readonly Reception Reception = new(null, EventTime.From(new DateTimeOffset(2026, 11, 22, 6, 0, 0, TimeSpan.Zero)));
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 1024 };

    private static readonly Store Home = OneStore.Over(new MemoryBlobStore());
    private static readonly Residency Residency = OneStore.Residency(Home);

    private static readonly AlertDispatcher Alerts = new(
        new Stores(Home), new MemoryMessageQueue(TimeProvider.System), RuleSet.Default, TimeProvider.System, NullLogger<AlertDispatcher>.Instance);

    private static readonly UnnamedEvents Naming = new(Alerts);

    private static readonly byte[] Mark = Encoding.ASCII.GetBytes(FuzzCases.Mark);

    private readonly BodyNormalizer _reader = NewReader();
    private readonly SortedDictionary<string, int> _kinds = new(StringComparer.Ordinal);
    private int _events;
    private int _quarantined;
    private int _refused;
    private int _limited;

    [Fact]
    public void Whatever_arrives_ends_as_events_or_quarantined_items_that_are_valid_within_the_limit_and_the_same_again()
    {
        output.WriteLine($"Seed {FuzzRun.Seed}, {FuzzRun.Cases} cases.");
        var (first, end) = FuzzRun.OnlyCase is { } only ? (only, only + 1) : (0, FuzzRun.Cases);
        var memory = 0L;
        var failures = new List<Exception>();
        for (var number = first; number < end; number++)
        {
            if (number == first + 1_000)
            {
                memory = GC.GetTotalMemory(forceFullCollection: true);
            }

            // Each case has chance of its own, so that one can be tried again without those before it.
            var one = new FuzzCases(new Random(SeedOf(number))).Next(number % HugeEvery == FirstHuge);
            try
            {
                Try(one, number);
            }
            catch (Exception e)
            {
                var begin = Encoding.UTF8.GetString(one.Body.AsSpan(0, Math.Min(one.Body.Length, 2_000)));
                failures.Add(new InvalidOperationException($"TRAILGATE_SEED={FuzzRun.Seed} TRAILGATE_CASE={number}: {one.Kind}, {one.ContentType}, {one.Body.Length} bytes: {begin}", e));
                if (failures.Count == MaxFailures)
                {
                    break;
                }
            }
        }

        if (failures.Count > 0)
        {
            throw new AggregateException(failures);
        }

        var growth = memory == 0 ? 0 : GC.GetTotalMemory(forceFullCollection: true) - memory;
        output.WriteLine(
            $"{_events} events ({_limited} limited), {_quarantined} quarantined, {_refused} bodies refused; memory grew by {growth / 1024 / 1024} MiB, the process had {Environment.WorkingSet / 1024 / 1024} MiB.");
        output.WriteLine(string.Join(", ", _kinds.Select(kind => $"{kind.Value} {kind.Key}")));
        if (FuzzRun.Cases >= LongRun)
        {
            Assert.InRange(growth, long.MinValue, MaxGrowth);
        }

        if (FuzzRun.OnlyCase is null && FuzzRun.Cases >= 1_000)
        {
            // Else the changes were too small or too great to tell.
            Assert.All(new[] { _events, _quarantined, _refused, _limited }, count => Assert.NotEqual(0, count));
        }
    }

    // The same in every process, which HashCode.Combine is not.
    private static int SeedOf(int number) => unchecked((FuzzRun.Seed * (int)2654435761) ^ (number * 40503) ^ (number >> 16));

    private void Try(FuzzCase one, int number)
    {
        _kinds[one.Kind.Split(' ')[0]] = _kinds.GetValueOrDefault(one.Kind.Split(' ')[0]) + 1;
        var results = Read(_reader, one.Body, one.ContentType);
        if (results is null)
        {
            Assert.True(one.Expected is null, "A body of whole JSON was refused.");
            Assert.True(one.AtLeast == 0, "It was refused.");
            _refused++;
            return;
        }

        Assert.InRange(results.Count, one.AtLeast, Options.MaxEvents);
        Assert.True(results.Count > 0 || IsEmpty(one), "Nothing is left of it.");
        foreach (var result in results)
        {
            Check(result);
            Assert.False(one.Expected is not null && Leaks(result), $"A secret is in {Encoding.UTF8.GetString(result.Line)}");
        }

        if (one.Expected is { } expected)
        {
            Assert.Equal(expected, results.Select(result => result.Reason is null));
        }

        Same(results, Read(number % FreshEvery == 0 ? NewReader() : _reader, one.Body, one.ContentType));
        if (one.Again is { } again)
        {
            SameIds(results, Read(_reader, again, one.ContentType));
        }
    }

    private void Check(Result result)
    {
        Assert.DoesNotContain((byte)'\n', result.Line);
        using var line = JsonDocument.Parse(result.Line, Deep);
        if (result.Reason is { } reason)
        {
            _quarantined++;
            Assert.NotEmpty(reason);
            Assert.True(QuarantinedItem.TryReadRegion(result.Line, out _));
            return;
        }

        _events++;
        Assert.InRange(result.Line.Length, 1, EventLimiter.MaxEventBytes);
        Assert.True(EventLine.TryRead(result.Line, out var read));
        Assert.Equal(result.Id, read.Id);
        Assert.Equal(result.Overflow is not null, line.RootElement.GetProperty("trailgate").TryGetProperty("limited", out var limited) && limited.EnumerateArray().Any(field => field.TryGetProperty("overflow", out _)));
        if (result.Overflow is { } overflow)
        {
            _limited++;
            var hash = Convert.ToHexStringLower(SHA256.HashData(overflow));
            Assert.Equal($"overflow/{hash[..2]}/{hash}.json.gz", result.OverflowPath);
            using var full = JsonDocument.Parse(overflow, Deep);
            Assert.Equal(result.Id.ToString(), full.RootElement.GetProperty("id").GetString());
        }
    }

    private static void Same(List<Result> results, List<Result>? again)
    {
        Assert.Equal(results.Count, again?.Count);
        for (var i = 0; i < results.Count; i++)
        {
            Assert.True(results[i].Line.AsSpan().SequenceEqual(again![i].Line), "Another line came out the second time."); // not null: counted
            Assert.Equal(results[i].OverflowPath, again[i].OverflowPath);
        }
    }

    private static void SameIds(List<Result> results, List<Result>? again)
    {
        Assert.Equal(results.Count, again?.Count);
        for (var i = 0; i < results.Count; i++)
        {
            var other = again![i]; // not null: counted
            Assert.True(results[i].Id == other.Id, $"The same event has another id:\n{Encoding.UTF8.GetString(results[i].Line)}\n{Encoding.UTF8.GetString(other.Line)}");
        }
    }

    private static bool Leaks(Result result) => Holds(result.Line) || (result.Overflow is { } overflow && Holds(overflow));

    private static bool Holds(byte[] bytes) => bytes.AsSpan().IndexOf(Mark) >= 0;

    // Empty lists of items, and texts of blanks.
    private static bool IsEmpty(FuzzCase one) => Encoding.UTF8.GetString(one.Body).Trim('\uFEFF', ' ', '\t', '\r', '\n', '[', ']').Length == 0;

    private static List<Result>? Read(BodyNormalizer reader, byte[] body, string contentType)
    {
        Assert.True(BodyFormats.TryParse(contentType, out var format));
        using var intake = new Intake(Residency, Home, body.Length);
        if (reader.Normalize(body, format, null, Reception, intake) is { } problem)
        {
            Assert.InRange(problem.Status, 400, 499);
            return null;
        }

        // One store, so one submission; none for a body without items.
        var submission = intake.Submissions.SingleOrDefault();
        if (submission is not null)
        {
            // As the commit does.
            Naming.TakeFrom(submission);
            Naming.NameAll();
        }

        var lines = new ArrayBufferWriter<byte>();
        foreach (var piece in submission?.Lines.Pieces ?? [])
        {
            lines.Write(piece.Span);
        }

        var results = new List<Result>();
        var overflows = new Queue<(string? Path, byte[]? Content)>((submission?.Overflows ?? []).Select(overflow => ((string?)overflow.Path, (byte[]?)overflow.Content)));
        var rest = lines.WrittenMemory;
        foreach (var item in intake.Results)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            Assert.True(end > 0, "There are fewer lines than items.");
            var line = rest[..end].ToArray();
            // The whole of an event is named in its line, so the next one belongs to the next line that names it.
            var isLimited = item.IsEvent && overflows.TryPeek(out var next) && line.AsSpan().IndexOf(Encoding.ASCII.GetBytes(next.Path!)) >= 0; // a path is there
            var (path, content) = isLimited ? overflows.Dequeue() : (null, null);
            results.Add(new Result(line, item.Id, item.Reason, content, path));
            rest = rest[(end + 1)..];
        }

        Assert.True(rest.IsEmpty, "There are more lines than items.");
        Assert.Empty(overflows);
        return results;
    }

    private static BodyNormalizer NewReader() => new(Options, new RedactionSettings(), new RegionTable([]), Alerts);

    private sealed record Result(byte[] Line, EventId Id, string? Reason, byte[]? Overflow, string? OverflowPath);
}
