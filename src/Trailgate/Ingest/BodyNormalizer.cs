using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Unicode;
using Trailgate.Alerts;
using Trailgate.Events;
using Trailgate.Ingest.Envelopes;
using Trailgate.Normalize;

namespace Trailgate.Ingest;

/// <summary>
/// Splits a body into items and normalizes the events in them. A body is taken as a whole or refused as a whole; only
/// where each line stands for itself, a broken line goes to the quarantine.
/// </summary>
internal sealed class BodyNormalizer(IngestOptions options, RedactionSettings redaction, RegionTable regions, AlertDispatcher alerts)
{
    private readonly NameTraits _traits = new(redaction.MoreNamesList);

    // No ConcurrentBag: a thread would keep what it put there after the bag is gone.
    private readonly ConcurrentQueue<(EventNormalizer Normalizer, UnnamedEvents Unnamed)> _idle = [];

    /// <summary>Normalizes a body into an intake. When it is refused, nothing of the intake may be kept.</summary>
    public Problem? Normalize(ReadOnlySpan<byte> body, BodyFormat format, CloudEventHeaders? cloudEvent, Reception reception, Intake intake)
    {
        if (format is not (BodyFormat.Lines or BodyFormat.Text) && !Utf8.IsValid(body))
        {
            return IngestProblems.NotUtf8(FirstInvalid(body));
        }

        var mark = body.StartsWith("\uFEFF"u8) ? 3 : 0;
        body = body[mark..];

        if (!_idle.TryDequeue(out var tools))
        {
            tools = (new EventNormalizer(_traits, redaction, regions, options.MaxDepth), new UnnamedEvents(alerts));
        }

        try
        {
            var items = new ItemNormalizer(tools.Normalizer, tools.Unnamed, options.MaxEvents, reception, intake);
            var around = cloudEvent is null
                ? default
                : new Surroundings { Facts = cloudEvent.Facts, Fault = cloudEvent.Fault, Envelopes = 1 };
            var problem = format switch
            {
                BodyFormat.Lines => NormalizeLines(body, items, around, isText: false),
                BodyFormat.Text when !IsJson(body) => NormalizeLines(body, items, around, isText: true),
                _ => NormalizeJson(body, mark, format, items, around),
            };
            if (problem is null)
            {
                tools.Unnamed.NameOrLeave();
            }

            return problem;
        }
        finally
        {
            tools.Unnamed.Clear();
            _idle.Enqueue(tools);
        }
    }

    private Problem? NormalizeJson(ReadOnlySpan<byte> body, int mark, BodyFormat format, ItemNormalizer items, scoped Surroundings around)
    {
        try
        {
            var scanner = new JsonScanner(body);
            var values = 0;
            while (scanner.MoveToValue())
            {
                values++;
                var taken = format switch
                {
                    BodyFormat.CloudEvent when scanner.Type == JsonTokenType.StartArray =>
                        items.QuarantineValue(ref scanner, "is an array, and its Content-Type announces one CloudEvent"),
                    BodyFormat.CloudEventBatch when scanner.Type != JsonTokenType.StartArray =>
                        items.QuarantineValue(ref scanner, "is no array, and its Content-Type announces a batch of CloudEvents"),
                    BodyFormat.CloudEvent or BodyFormat.CloudEventBatch => items.TakeValue(ref scanner, around with { Expected = Envelope.CloudEvent }),
                    _ => items.TakeValue(ref scanner, around),
                };
                if (!taken)
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

    private Problem? NormalizeLines(ReadOnlySpan<byte> body, ItemNormalizer items, scoped Surroundings around, bool isText)
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
            var taken = isText && line[0] is not ((byte)'{' or (byte)'[')
                ? NormalizeTextLine(line, number, items, around)
                : NormalizeLine(line, number, items, around);
            if (!taken)
            {
                return IngestProblems.TooManyEvents(options.MaxEvents);
            }
        }

        return values == 0 ? IngestProblems.EmptyBody : null;
    }

    private static bool NormalizeLine(ReadOnlySpan<byte> line, int number, ItemNormalizer items, scoped Surroundings around)
    {
        var before = items.Count;
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
                if (line[0] == '[')
                {
                    Check(line);
                }

                var scanner = new JsonScanner(line);
                while (scanner.MoveToValue())
                {
                    if (!items.TakeValue(ref scanner, around))
                    {
                        return false;
                    }
                }

                return true;
            }
        }
        catch (JsonException e) when (items.Count == before)
        {
            reason = $"line {number} is not JSON at byte {(e.BytePositionInLine ?? 0) + 1}";
        }
        catch (JsonException e)
        {
            reason = $"line {number} goes on after its JSON at byte {(e.BytePositionInLine ?? 0) + 1}";
        }

        return items.QuarantineText(Sanitize(line), reason, around.Facts);
    }

    private static bool NormalizeTextLine(ReadOnlySpan<byte> line, int number, ItemNormalizer items, scoped Surroundings around)
    {
        if (!Utf8.IsValid(line))
        {
            return items.QuarantineText(Sanitize(line), $"line {number} is not UTF-8 at byte {FirstInvalid(line) + 1}", around.Facts);
        }

        if (!SyslogLine.TryOpen(line, out var json, out var facts))
        {
            return items.QuarantineText(line, $"line {number} does not end in a JSON object", around.Facts);
        }

        var scanner = new JsonScanner(json);
        scanner.MoveToValue();
        return items.TakeValue(ref scanner, around with { Facts = facts with { Outer = around.Facts }, Envelopes = around.Envelopes + 1 });
    }

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        text = text.TrimStart(" \t\r\n"u8);
        try
        {
            if (text is not [(byte)'{' or (byte)'[', ..] || !Utf8.IsValid(text))
            {
                return false;
            }

            Check(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void Check(ReadOnlySpan<byte> json)
    {
        var scanner = new JsonScanner(json);
        while (scanner.MoveToValue())
        {
            scanner.Skip();
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
