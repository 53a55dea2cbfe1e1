using System.Text;
using System.Text.Json;
using Trailgate.Ingest;

namespace Trailgate.Verify;

/// <summary>
/// A file of receipts as senders keep them: answers of the ingest endpoint, one a line; receipts as JSON texts, one a line;
/// or the signed notes themselves, one behind the other.
/// </summary>
internal static class ReceiptFile
{
    /// <summary>Each receipt with the line where it begins, from 1. A receipt that can not be found in its line is null.</summary>
    public static IEnumerable<(long Line, string? Note)> Read(string text) =>
        text.StartsWith(Receipt.FirstLine + "\n", StringComparison.Ordinal) ? ReadNotes(text) : ReadLines(text);

    private static IEnumerable<(long Line, string? Note)> ReadNotes(string text)
    {
        var (line, start, number) = (1L, 0, 1L);
        for (var next = text.IndexOf('\n', StringComparison.Ordinal); next >= 0; next = text.IndexOf('\n', next + 1))
        {
            number++;
            if (string.CompareOrdinal(text, next + 1, Receipt.FirstLine + "\n", 0, Receipt.FirstLine.Length + 1) == 0)
            {
                yield return (line, text[start..(next + 1)]);
                (line, start) = (number, next + 1);
            }
        }

        yield return (line, text[start..]);
    }

    private static IEnumerable<(long Line, string? Note)> ReadLines(string text)
    {
        var number = 0L;
        foreach (var line in text.Split('\n'))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return (number, ReadLine(line));
            }
        }
    }

    private static string? ReadLine(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(line));
            var root = document.RootElement;
            return root.ValueKind switch
            {
                JsonValueKind.String => root.GetString(),
                JsonValueKind.Object when root.TryGetProperty("receipt"u8, out var receipt) && receipt.ValueKind == JsonValueKind.String => receipt.GetString(),
                _ => null,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // the latter: half of a surrogate pair
        }
    }
}
