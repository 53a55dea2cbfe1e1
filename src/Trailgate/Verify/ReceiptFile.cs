using System.Text;
using System.Text.Json;
using Trailgate.Ingest;

namespace Trailgate.Verify;

/// <summary>
/// A file of receipts as senders keep them: answers of the ingest endpoint or receipts as JSON texts, one a line, printed
/// over several, or in one array; or the signed notes themselves, one behind the other.
/// </summary>
internal static class ReceiptFile
{
    private static readonly JsonReaderOptions Values = new() { AllowMultipleValues = true };

    /// <summary>What stands in the file, in its order.</summary>
    public static IReadOnlyList<ReceiptEntry> Read(string text)
    {
        // Editors and shells of Windows put a mark in front and end lines with two characters. No note holds either.
        var lines = text.TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal);
        return lines.TrimStart('\n').StartsWith(Receipt.FirstLine + "\n", StringComparison.Ordinal)
            ? [.. ReadNotes(lines)]
            : ReadValues(lines) ?? [.. ReadLines(lines)];
    }

    private static IEnumerable<ReceiptEntry> ReadNotes(string text)
    {
        var start = text.Length - text.TrimStart('\n').Length;
        var (line, number) = (start + 1L, start + 1L);
        for (var next = text.IndexOf('\n', start); next >= 0; next = text.IndexOf('\n', next + 1))
        {
            number++;
            if (string.CompareOrdinal(text, next + 1, Receipt.FirstLine + "\n", 0, Receipt.FirstLine.Length + 1) == 0)
            {
                yield return new ReceiptEntry(line, NoteIn(text[start..(next + 1)]));
                (line, start) = (number, next + 1);
            }
        }

        yield return new ReceiptEntry(line, NoteIn(text[start..]));
    }

    // A note ends in one newline; tools that print it as a line add one more, and what is pasted by hand may lack it.
    private static string NoteIn(string text)
    {
        var note = text.TrimEnd('\n');
        return note + (note.AsSpan(note.LastIndexOf('\n') + 1).StartsWith("\u2014 ", StringComparison.Ordinal) ? "\n" : "\n\n");
    }

    /// <summary>The file as JSON values with any white space between them; null when it is not all JSON.</summary>
    private static List<ReceiptEntry>? ReadValues(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var reader = new Utf8JsonReader(bytes, Values);
        var entries = new List<ReceiptEntry>();
        var (line, seen) = (1L, 0);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.EndArray)
                {
                    continue; // its elements are entries
                }

                var start = (int)reader.TokenStartIndex;
                line += bytes.AsSpan(seen..start).Count((byte)'\n');
                seen = start;
                using var value = JsonDocument.ParseValue(ref reader);
                entries.Add(EntryOf(line, value.RootElement));
            }

            return entries;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Where one line is damaged, the others still count.
    private static IEnumerable<ReceiptEntry> ReadLines(string text)
    {
        var number = 0L;
        foreach (var line in text.Split('\n'))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                foreach (var entry in ReadValues(line) ?? [new ReceiptEntry(1, null)])
                {
                    yield return entry with { Line = number };
                }
            }
        }
    }

    private static ReceiptEntry EntryOf(long line, JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => new ReceiptEntry(line, value.GetString()),
                JsonValueKind.Object when !value.TryGetProperty("receipt"u8, out _) => new ReceiptEntry(line, null, IsOtherAnswer: true),
                JsonValueKind.Object when value.GetProperty("receipt"u8) is { ValueKind: JsonValueKind.String } receipt => new ReceiptEntry(line, receipt.GetString()),
                _ => new ReceiptEntry(line, null),
            };
        }
        catch (InvalidOperationException)
        {
            return new ReceiptEntry(line, null); // half of a surrogate pair
        }
    }
}

/// <summary>One entry of a file of receipts.</summary>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Note">The receipt; null when there is none, or none that could be read.</param>
/// <param name="IsOtherAnswer">Whether it is an answer to a sender that asked for no receipt, or an object of another kind.</param>
internal readonly record struct ReceiptEntry(long Line, string? Note, bool IsOtherAnswer = false);
