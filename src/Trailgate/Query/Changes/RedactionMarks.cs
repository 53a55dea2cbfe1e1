using System.Text.Json;

namespace Trailgate.Query.Changes;

/// <summary>What an event lists of its redacted values: where they stood, and a keyed hash of each where a key was set.</summary>
internal sealed class RedactionMarks
{
    /// <summary>What stands in the place of a secret.</summary>
    private const string Mask = "[redacted]";

    private readonly List<(string Pointer, string? Hash)> _all = [];

    public static RedactionMarks Read(EventDocument seen)
    {
        var marks = new RedactionMarks();
        if (seen.Find("trailgate", "redacted") is { ValueKind: JsonValueKind.Array } listed)
        {
            foreach (var entry in listed.EnumerateArray())
            {
                if (EventDocument.Find(entry, "pointer") is { } pointer && EventDocument.TextOf(pointer) is { } text)
                {
                    marks._all.Add((text, EventDocument.Find(entry, "hmac") is { } hash ? EventDocument.TextOf(hash) : null));
                }
            }
        }

        return marks;
    }

    /// <summary>Whether a text has something redacted in it.</summary>
    public static bool IsMasked(string text) => text.Contains(Mask, StringComparison.Ordinal);

    /// <summary>The hashes of all that was redacted in the text at a place; null unless each of them is known.</summary>
    public IReadOnlyList<string>? HashesOf(string text, string pointer)
    {
        var below = pointer + "/"; // a text can hold JSON, and pointers go on into it
        var marks = _all.Where(mark => mark.Pointer == pointer || mark.Pointer.StartsWith(below, StringComparison.Ordinal)).ToList();
        var hashes = marks.Select(static mark => mark.Hash).OfType<string>().ToList();
        return hashes.Count == marks.Count && marks.Count == text.AsSpan().Count(Mask) ? hashes : null;
    }
}
