using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Trailgate.Events;

namespace Trailgate.Query;

/// <summary>A stored event opened for reading: what stories, changes and tables need of it. It holds memory of its own.</summary>
public sealed class EventDocument
{
    private EventDocument(JsonElement root, EventPosition position)
    {
        Root = root;
        Position = position;
    }

    /// <summary>The whole event.</summary>
    public JsonElement Root { get; }

    /// <summary>Its place in the order of events.</summary>
    public EventPosition Position { get; }

    /// <summary>What was done; empty when the event does not say.</summary>
    public string Action => Text("action") ?? "";

    /// <summary>How it ended.</summary>
    public Outcome Outcome => Outcomes.TryParse(System.Text.Encoding.UTF8.GetBytes(Text("outcome") ?? ""), out var outcome) ? outcome : Outcome.Unknown;

    /// <summary>What the action does.</summary>
    public EventKind Kind => EventKinds.TryParse(System.Text.Encoding.UTF8.GetBytes(Text("trailgate", "kind") ?? ""), out var kind) ? kind : EventKind.Other;

    /// <summary>Opens a stored line; false when it is no event.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, [NotNullWhen(true)] out EventDocument? document)
    {
        document = null;
        if (!EventLine.TryRead(line, out var known))
        {
            return false;
        }

        document = new EventDocument(Parse(line), new EventPosition(known.Time, known.Id));
        return true;
    }

    /// <summary>JSON that was checked before, as deep as events may be.</summary>
    internal static JsonElement Parse(ReadOnlySpan<byte> json) => JsonElement.Parse(json, new JsonDocumentOptions { MaxDepth = 128 });

    /// <summary>The member at a path of names; null when it is not there.</summary>
    public JsonElement? Find(params ReadOnlySpan<string> path) => Find(Root, path);

    /// <summary>The text at a path of names; null when no string is there.</summary>
    public string? Text(params ReadOnlySpan<string> path) => Find(Root, path) is { } found ? TextOf(found) : null;

    /// <summary>The member of a value at a path of names; null when it is not there.</summary>
    internal static JsonElement? Find(JsonElement value, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value))
            {
                return null;
            }
        }

        return value;
    }

    /// <summary>A string's text; null for another value.</summary>
    internal static string? TextOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return value.GetRawText()[1..^1]; // half a surrogate pair is no text: its escapes are
        }
    }
}
