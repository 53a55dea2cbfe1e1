using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Unicode;
using Trailgate.Alerts;
using Trailgate.Events;
using Trailgate.Normalize;

namespace Trailgate.Ingest;

/// <summary>
/// Splits a body into raw events and normalizes each. A body is taken as a whole or refused as a whole; only NDJSON, where
/// each line stands for itself, lets a broken line go to the quarantine.
/// </summary>
internal sealed class BodyNormalizer(IngestOptions options, RedactionSettings redaction, RegionTable regions, AlertDispatcher alerts)
{
    // Any depth is read (a level costs the reader one bit), because it is valid JSON: what is nested deeper than
    // MaxDepth becomes a quarantined item, not the end of the whole body.
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = int.MaxValue, AllowMultipleValues = true };

    private readonly NameTraits _traits = new(redaction.MoreNamesList);
    private readonly ConcurrentBag<EventNormalizer> _normalizers = [];

    /// <summary>Normalizes a body. Either a submission, which the caller disposes, or a problem and nothing kept.</summary>
    public Submission? Normalize(ReadOnlySpan<byte> body, BodyFormat format, Reception reception, out Problem? problem)
    {
        if (format == BodyFormat.Json && !Utf8.IsValid(body))
        {
            problem = IngestProblems.NotUtf8(FirstInvalid(body));
            return null;
        }

        var mark = body.StartsWith("\uFEFF"u8) ? 3 : 0;
        body = body[mark..];

        var submission = new Submission(ExpectedBytes(body.Length));
        if (!_normalizers.TryTake(out var normalizer))
        {
            normalizer = new EventNormalizer(_traits, redaction, regions, options.MaxDepth);
        }

        try
        {
            problem = format == BodyFormat.Lines
                ? NormalizeLines(body, normalizer, reception, submission)
                : NormalizeJson(body, mark, normalizer, reception, submission);
        }
        finally
        {
            _normalizers.Add(normalizer);
        }

        if (problem is null)
        {
            return submission;
        }

        submission.Dispose();
        return null;
    }

    // What Trailgate adds to an event is about a quarter of a usual one.
    private static int ExpectedBytes(int bodyLength) => (int)Math.Min(int.MaxValue, bodyLength + bodyLength / 3L + 512);

    private Problem? NormalizeJson(ReadOnlySpan<byte> body, int mark, EventNormalizer normalizer, Reception reception, Submission submission)
    {
        try
        {
            var reader = new Utf8JsonReader(body, ReaderOptions);
            var values = 0;
            while (reader.Read())
            {
                values++;
                if (!NormalizeValue(ref reader, body, normalizer, reception, submission))
                {
                    return IngestProblems.TooManyEvents(options.MaxEvents);
                }
            }

            return values == 0 ? IngestProblems.EmptyBody : null;
        }
        catch (JsonException e)
        {
            var line = e.LineNumber ?? 0;
            return IngestProblems.NotJson(line + 1, (e.BytePositionInLine ?? 0) + 1 + (line == 0 ? mark : 0));
        }
    }

    private Problem? NormalizeLines(ReadOnlySpan<byte> body, EventNormalizer normalizer, Reception reception, Submission submission)
    {
        var number = 0;
        var values = 0;
        while (!body.IsEmpty)
        {
            number++;
            var end = body.IndexOf((byte)'\n');
            var line = (end < 0 ? body : body[..end]).Trim(" \t\r"u8);
            body = end < 0 ? [] : body[(end + 1)..];
            if (line.IsEmpty)
            {
                continue;
            }

            values++;
            if (!NormalizeLine(line, number, normalizer, reception, submission))
            {
                return IngestProblems.TooManyEvents(options.MaxEvents);
            }
        }

        return values == 0 ? IngestProblems.EmptyBody : null;
    }

    private bool NormalizeLine(ReadOnlySpan<byte> line, int number, EventNormalizer normalizer, Reception reception, Submission submission)
    {
        var before = submission.Results.Count;
        string reason;
        try
        {
            if (!Utf8.IsValid(line))
            {
                reason = $"line {number} is not UTF-8 at byte {FirstInvalid(line) + 1}";
            }
            else
            {
                // Checked as a whole first, so that nothing of a broken line has been taken when the break shows.
                var reader = new Utf8JsonReader(line, ReaderOptions);
                if (line[0] == '[')
                {
                    Check(line);
                }

                while (reader.Read())
                {
                    if (!NormalizeValue(ref reader, line, normalizer, reception, submission))
                    {
                        return false;
                    }
                }

                return true;
            }
        }
        catch (JsonException e) when (submission.Results.Count == before)
        {
            reason = $"line {number} is not JSON at byte {(e.BytePositionInLine ?? 0) + 1}";
        }
        catch (JsonException e)
        {
            reason = $"line {number} goes on after its JSON at byte {(e.BytePositionInLine ?? 0) + 1}";
        }

        if (submission.Results.Count == options.MaxEvents)
        {
            return false;
        }

        submission.Quarantine(normalizer.QuarantineText(Sanitize(line), reception, reason));
        return true;
    }

    /// <summary>An object is an event; the elements of an array are. False when there are too many.</summary>
    private bool NormalizeValue(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, EventNormalizer normalizer, Reception reception, Submission submission)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return NormalizeItem(ref reader, body, normalizer, reception, submission);
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (!NormalizeItem(ref reader, body, normalizer, reception, submission))
            {
                return false;
            }
        }

        return true;
    }

    private bool NormalizeItem(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, EventNormalizer normalizer, Reception reception, Submission submission)
    {
        if (submission.Results.Count == options.MaxEvents)
        {
            return false;
        }

        var result = normalizer.Normalize(ref reader, body, reception);
        if (result.Reason is null)
        {
            submission.Accept(result, alerts.Matches(result.Event));
        }
        else
        {
            submission.Quarantine(result);
        }

        return true;
    }

    private static void Check(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line, ReaderOptions);
        while (reader.Read())
        {
        }
    }

    private static ReadOnlySpan<byte> Sanitize(ReadOnlySpan<byte> line) =>
        Utf8.IsValid(line) ? line : System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(line));

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (System.Text.Rune.DecodeFromUtf8(bytes[at..], out _, out var length) == System.Buffers.OperationStatus.Done)
        {
            at += length;
        }

        return at;
    }
}
