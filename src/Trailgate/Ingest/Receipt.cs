using System.Diagnostics.CodeAnalysis;
using System.Text;
using Trailgate.Events;

namespace Trailgate.Ingest;

/// <summary>
/// What an answer promised: which events became durable in which batches, and when. Its text is that of a signed note: a
/// line that says what it is, the origin of the ledger, the time, then for each batch a line with its store, name and
/// SHA-256, followed by a line with id and region for each of its events.
/// </summary>
/// <param name="Origin">Whose receipt it is: the origin of the default store's ledger.</param>
/// <param name="Time">When it was made.</param>
/// <param name="Batches">The batches, one for each store that keeps some of the body.</param>
public sealed record Receipt(string Origin, EventTime Time, IReadOnlyList<ReceiptBatch> Batches)
{
    /// <summary>The first line. With a space, so that no ledger note, whose first line is an origin, reads as one.</summary>
    public const string FirstLine = "trailgate receipt";

    private const string BatchWord = "batch";

    /// <summary>The text that is signed: every line with its newline.</summary>
    public string ToText()
    {
        var text = new StringBuilder(256 + 48 * Batches.Sum(batch => batch.Events.Count));
        text.Append(FirstLine).Append('\n').Append(Origin).Append('\n').Append(Time.ToString()).Append('\n');
        foreach (var batch in Batches)
        {
            text.Append(BatchWord).Append(' ').Append(batch.Store).Append(' ').Append(batch.Name).Append(' ').Append(batch.Sha256).Append('\n');
            foreach (var (id, region) in batch.Events)
            {
                text.Append(id.ToString()).Append(' ').Append(region.Name).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>Reads a text that anybody may have written; false when it is not what <see cref="ToText"/> writes.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out Receipt? receipt)
    {
        receipt = null;
        var lines = text.Split('\n');
        if (lines is not [FirstLine, var origin, var timeText, .. var rest, ""] || !EventTime.TryParse(Encoding.UTF8.GetBytes(timeText), out var time))
        {
            return false;
        }

        var batches = new List<ReceiptBatch>();
        var events = new List<(EventId, Region)>();
        foreach (var line in rest)
        {
            var words = line.Split(' ');
            if (words is [BatchWord, var store, var name, var sha256])
            {
                batches.Add(new ReceiptBatch(store, name, sha256, events = []));
            }
            else if (words is [var idText, var regionText] && batches.Count > 0
                && EventId.TryParse(idText, out var id) && Region.TryParse(regionText.AsSpan(), out var region))
            {
                events.Add((id, region));
            }
            else
            {
                return false;
            }
        }

        var read = new Receipt(origin, time, batches);
        receipt = read.ToText() == text ? read : null;
        return receipt is not null;
    }
}

/// <summary>A batch of a receipt.</summary>
/// <param name="Store">The store that keeps it.</param>
/// <param name="Name">Its path in the inbox.</param>
/// <param name="Sha256">SHA-256 of its bytes, hexadecimal: what manifests name it by.</param>
/// <param name="Events">The events of the request that it holds.</param>
public sealed record ReceiptBatch(string Store, string Name, string Sha256, IReadOnlyList<(EventId Id, Region Region)> Events);
