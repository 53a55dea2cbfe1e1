using System.Globalization;
using System.Text;
using Trailgate.Events;
using Trailgate.Signing;

namespace Trailgate.Archive;

/// <summary>
/// A link of the ledger, the store's chain over the heads of all its regions, in the form of a C2SP signed note: lines
/// of text, an empty line, signature lines. What a note says is read here; whether it is signed, <see cref="SignedNote"/> checks.
/// </summary>
/// <param name="Origin">Names the store: the first line.</param>
/// <param name="Sequence">Counts the notes, from 1.</param>
/// <param name="Time">The plan's time, to the millisecond.</param>
/// <param name="Previous">SHA-256 of the stored bytes of the note before, hexadecimal; null in the first, written as <c>none</c>.</param>
/// <param name="Heads">The last manifest of every region that the store ever had, ordered by region.</param>
public sealed record LedgerNote(string Origin, long Sequence, DateTimeOffset Time, string? Previous, IReadOnlyList<RegionHead> Heads)
{
    private const string None = "none";

    /// <summary>Whether a text can stand as the origin: printable ASCII without spaces and <c>+</c>, as the names of keys must be.</summary>
    public static bool IsValidOrigin(string origin) =>
        origin.Length is > 0 and <= 200 && !origin.AsSpan().ContainsAnyExceptInRange('!', '~') && !origin.Contains('+', StringComparison.Ordinal);

    /// <summary>The text that signatures cover: every line with its newline, without the empty line.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.Append(Origin).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"{Sequence}\n{EventTime.From(Time)}\n{Previous ?? None}\n");
        foreach (var head in Heads)
        {
            text.Append(CultureInfo.InvariantCulture, $"{head.Region.Name} {head.Sequence} {head.Sha256}\n");
        }

        return text.ToString();
    }

    /// <summary>The bytes to store: text, empty line, signature lines. They differ each time; the text does not.</summary>
    public ReadOnlyMemory<byte> ToBytes(SigningKeys signing) => signing.Sign(ToText());

    /// <summary>Reads stored bytes, whatever their signatures are worth; null when they are no note.</summary>
    public static LedgerNote? Read(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\n\n"u8);
        return end < 0 ? null : ReadText(Encoding.UTF8.GetString(bytes[..(end + 1)]));
    }

    /// <summary>Reads the text of a note, with the newline of its last line; null when it is none.</summary>
    public static LedgerNote? ReadText(string text)
    {
        if (!text.EndsWith('\n'))
        {
            return null;
        }

        var lines = text[..^1].Split('\n');
        if (lines.Length < 4
            || !TryReadSequence(lines[1], out var sequence)
            || !EventTime.TryParse(Encoding.UTF8.GetBytes(lines[2]), out var time))
        {
            return null;
        }

        var heads = new List<RegionHead>(lines.Length - 4);
        foreach (var line in lines.AsSpan(4))
        {
            var words = line.Split(' ');
            if (words.Length != 3 || !Region.TryParse(words[0].AsSpan(), out var region) || !TryReadSequence(words[1], out var head))
            {
                return null;
            }

            heads.Add(new RegionHead(region, head, words[2]));
        }

        return new LedgerNote(lines[0], sequence, time.ToDateTimeOffset(), lines[3] == None ? null : lines[3], heads);
    }

    private static bool TryReadSequence(string text, out long sequence) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out sequence) && sequence > 0;
}
