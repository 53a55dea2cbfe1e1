using System.Text.Json;
using Trailgate.Events;

namespace Trailgate.Normalize;

/// <summary>
/// A normalized event in parts, before it is one line: JSON values in one buffer, and where each lies.
/// Filled again for each event; not safe for several threads.
/// </summary>
internal sealed class EventParts(Redactions redactions)
{
    private readonly Part[] _members = new Part[Members.Count];

    /// <summary>The content form first, then values that differ from it.</summary>
    public ByteBuffer Buffer { get; } = new(8192);

    public EventId Id { get; set; }

    public EventTime Time { get; set; }

    public Region Region { get; set; }

    public EventKind Kind { get; set; }

    public Outcome Outcome { get; set; }

    /// <summary>The facts of the envelopes; not present for a bare event.</summary>
    public Part Envelope { get; set; }

    /// <summary>A stage of an action that is not its last.</summary>
    public bool IsInterim { get; set; }

    /// <summary>What the source gave where the event says something else, by name.</summary>
    public List<(string Name, Part Value)> Given { get; } = [];

    /// <summary>What the source did not say.</summary>
    public List<string> Assumed { get; } = [];

    /// <summary>What gave way, by field.</summary>
    public List<LimitedField> Limited { get; } = [];

    public Redactions Redactions => redactions;

    /// <summary>The member's value in the event; empty when it is left out.</summary>
    public ref Part this[Member member] => ref _members[(int)member];

    public ReadOnlySpan<byte> Value(Part part) => Buffer.Slice(part.Start, part.Length);

    public ReadOnlySpan<byte> Value(Member member) => Value(this[member]);

    /// <summary>The content of a string value, between its quotes; empty when it is none.</summary>
    public ReadOnlySpan<byte> Text(Member member) => Value(member) is [(byte)'"', .. var content, (byte)'"'] ? content : [];

    public void Clear()
    {
        Array.Clear(_members);
        Buffer.Clear();
        Given.Clear();
        Assumed.Clear();
        Limited.Clear();
        redactions.Clear();
        Id = default;
        Time = default;
        Region = default;
        Kind = default;
        Outcome = default;
        Envelope = default;
        IsInterim = false;
    }

    /// <summary>Keeps a value behind the content form.</summary>
    public Part Append(ReadOnlySpan<byte> json)
    {
        var start = Buffer.Length;
        Buffer.Append(json);
        return new Part(start, json.Length);
    }

    /// <summary>Keeps a text that needs no escaping as a string value behind the content form.</summary>
    public Part AppendText(ReadOnlySpan<byte> text)
    {
        var start = Buffer.Length;
        Buffer.Append((byte)'"');
        Buffer.Append(text);
        Buffer.Append((byte)'"');
        return new Part(start, text.Length + 2);
    }

    /// <summary>Finds a string member of an object value: the content between its quotes.</summary>
    public bool TryFindText(Member member, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> text)
    {
        text = [];
        var value = Value(member);
        if (value.IndexOf(name) < 0 || value[0] != '{')
        {
            return false;
        }

        var scanner = new JsonScanner(value);
        if (!scanner.Enter())
        {
            return false;
        }

        do
        {
            // In its canonical form a name of letters has one spelling.
            var found = scanner.ReadName(out _).SequenceEqual(name);
            var isText = scanner.Type == JsonTokenType.String;
            var start = scanner.Position;
            scanner.Skip();
            if (found)
            {
                text = isText ? value[(start + 1)..(scanner.Position - 1)] : [];
                return text.Length > 0;
            }
        }
        while (scanner.MoveToNext((byte)'}'));

        return false;
    }
}

/// <summary>A value in the buffer of <see cref="EventParts"/>; no length means that there is none.</summary>
internal readonly record struct Part(int Start, int Length)
{
    public bool IsPresent => Length > 0;
}

/// <summary>A field that gave way to the size limit, or that its source had left out already (no hash then).</summary>
internal readonly record struct LimitedField(string Field, int Bytes, string? Sha256)
{
    public static LimitedField BySource(Member member) => new(Members.Text(member), 0, null);
}
