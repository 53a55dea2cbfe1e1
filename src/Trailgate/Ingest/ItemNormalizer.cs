using System.Text.Json;
using Trailgate.Ingest.Envelopes;
using Trailgate.Normalize;

namespace Trailgate.Ingest;

/// <summary>
/// Takes the items of one body: a bare event is normalized at once, an envelope is opened first. Either way each raw event
/// ends as one event or one quarantined item of the intake.
/// </summary>
internal readonly ref struct ItemNormalizer(
    EventNormalizer normalizer, UnnamedEvents unnamed, int maxEvents, Reception reception, Intake intake)
{
    /// <summary>A fifth envelope is opened no more.</summary>
    public const int MaxEnvelopes = 4;

    /// <summary>
    /// For what an envelope holds. Any depth is read (a level costs one bit), because it is valid JSON: what is nested
    /// deeper than an event may be becomes a quarantined item, not the end of the whole body.
    /// </summary>
    public static JsonReaderOptions SingleValue { get; } = new() { MaxDepth = int.MaxValue };

    public bool IsFull => intake.Results.Count == maxEvents;

    /// <summary>How many items were taken so far.</summary>
    public int Count => intake.Results.Count;

    /// <summary>
    /// Takes the value that begins at the scanner's place: an array's elements are items, everything else is one. False
    /// when there are too many.
    /// </summary>
    public bool TakeValue(ref JsonScanner scanner, scoped Surroundings around)
    {
        if (scanner.Type != JsonTokenType.StartArray)
        {
            return TakeItem(ref scanner, around);
        }

        if (!scanner.Enter())
        {
            return true;
        }

        do
        {
            if (!TakeItem(ref scanner, around))
            {
                return false;
            }
        }
        while (scanner.MoveToNext((byte)']'));
        return true;
    }

    /// <summary>Quarantines the value that begins at the scanner's place. False when there are too many items.</summary>
    public bool QuarantineValue(ref JsonScanner scanner, string reason)
    {
        if (IsFull)
        {
            return false;
        }

        var json = Skipped(ref scanner);
        intake.Quarantine(normalizer.Quarantine(json, reception, reason), json, whole: [], facts: null);
        return true;
    }

    /// <summary>Quarantines a text that is no JSON. False when there are too many items.</summary>
    public bool QuarantineText(ReadOnlySpan<byte> text, string reason, EnvelopeFacts? facts)
    {
        if (IsFull)
        {
            return false;
        }

        intake.Quarantine(normalizer.QuarantineText(text, reception, reason, facts), text, whole: [], facts);
        return true;
    }

    private bool TakeItem(ref JsonScanner scanner, scoped Surroundings around)
    {
        if (IsFull)
        {
            return false;
        }

        if (around.Fault is not null)
        {
            Quarantine(Skipped(ref scanner), around.Facts?.Path ?? "", around.Fault, around);
            return true;
        }

        var body = scanner.Json;
        if (scanner.Type != JsonTokenType.StartObject)
        {
            var start = scanner.Position;
            var refused = normalizer.Normalize(ref scanner, reception);
            Quarantine(body[start..scanner.Position], refused, around);
            return true;
        }

        normalizer.Raw.Read(ref scanner);
        if ((around.Expected is not null || Envelope.MayBe(normalizer.Raw)) && normalizer.Raw.DuplicateName is null)
        {
            return TakeObject(body, around);
        }

        Normalize(body, around);
        return true;
    }

    private bool TakeObject(ReadOnlySpan<byte> body, scoped Surroundings around)
    {
        var item = new RawObject(normalizer.Raw, body);
        if (!TryOpen(item, around.Expected, out var opened))
        {
            Normalize(body, around);
            return true;
        }

        var facts = opened.Facts with { Outer = around.Facts };
        var fault = opened.Fault
            ?? (!opened.IsEvent && around.Envelopes >= MaxEnvelopes ? $"envelopes are nested more than {MaxEnvelopes} deep" : null);
        if (fault is not null)
        {
            Quarantine(item.Json, facts.Path, fault, around);
            return true;
        }

        return TakeContent(opened, new Surroundings
        {
            Facts = facts,
            // What packs lines is one envelope together with each line.
            Envelopes = around.Envelopes + (opened.Items is null ? 1 : 0),
            Expected = opened.Items,
            Whole = around.Whole.IsEmpty ? item.Json : around.Whole,
            WholeFacts = around.Whole.IsEmpty ? around.Facts : around.WholeFacts,
        }, opened.IsEvent);
    }

    private static bool TryOpen(RawObject item, Envelope? expected, out OpenedEnvelope opened)
    {
        if (expected is not null)
        {
            return expected.TryOpenExpected(item, out opened);
        }

        foreach (var envelope in Envelope.All)
        {
            if (envelope.TryOpen(item, out opened))
            {
                return true;
            }
        }

        opened = default;
        return false;
    }

    private bool TakeContent(OpenedEnvelope opened, scoped Surroundings inside, bool isEvent)
    {
        var scanner = new JsonScanner(opened.Content);
        scanner.MoveToValue();
        if (isEvent)
        {
            normalizer.Raw.Read(ref scanner);
            Normalize(opened.Content, inside);
            return true;
        }

        if (scanner.Type != JsonTokenType.StartArray)
        {
            return TakeValue(ref scanner, inside);
        }

        var before = Count;
        var each = inside with { Whole = [], WholeFacts = null }; // each for itself, with the facts of what was around all of them
        if (!TakeValue(ref scanner, each))
        {
            return false;
        }

        if (Count == before)
        {
            var refused = normalizer.Quarantine(inside.Whole, reception, $"in {inside.Facts?.Path}: it holds no event", inside.WholeFacts);
            intake.Quarantine(refused, opened.Content, inside.Whole, inside.Facts);
        }

        return true;
    }

    private static ReadOnlySpan<byte> Skipped(ref JsonScanner scanner)
    {
        var start = scanner.Position;
        scanner.Skip();
        return scanner.Json[start..scanner.Position];
    }

    private void Normalize(ReadOnlySpan<byte> body, scoped Surroundings around)
    {
        var start = normalizer.Raw.Start;
        var end = normalizer.Raw.End;
        var result = normalizer.NormalizeRead(body, reception, around.Facts);
        if (result.Reason is null)
        {
            unnamed.Add(result, intake);
        }
        else
        {
            Quarantine(body[start..end], result, around);
        }
    }

    // What is no event is kept as it came: with the envelope that held nothing else.
    private void Quarantine(ReadOnlySpan<byte> json, NormalizeResult refused, scoped Surroundings around)
    {
        if (around.Facts is null)
        {
            intake.Quarantine(refused, json, whole: [], facts: null);
        }
        else
        {
            Quarantine(json, around.Facts.Path, refused.Reason ?? "", around);
        }
    }

    private void Quarantine(ReadOnlySpan<byte> json, string path, string fault, scoped Surroundings around)
    {
        var whole = around.Whole.IsEmpty ? json : around.Whole;
        var refused = normalizer.Quarantine(whole, reception, $"in {path}: {fault}", around.Whole.IsEmpty ? around.Facts : around.WholeFacts);
        intake.Quarantine(refused, json, around.Whole, around.Facts);
    }
}

/// <summary>What is around an item.</summary>
internal readonly ref struct Surroundings
{
    /// <summary>How many envelopes were opened to get here.</summary>
    public int Envelopes { get; init; }

    /// <summary>What they tell; null around a bare item.</summary>
    public EnvelopeFacts? Facts { get; init; }

    /// <summary>What the item must be; null when it may be anything.</summary>
    public Envelope? Expected { get; init; }

    /// <summary>Why nothing in them can be an event, or null.</summary>
    public string? Fault { get; init; }

    /// <summary>The outermost envelope with nothing but this item in it; empty when there is none.</summary>
    public ReadOnlySpan<byte> Whole { get; init; }

    /// <summary>What the envelopes around <see cref="Whole"/> tell.</summary>
    public EnvelopeFacts? WholeFacts { get; init; }
}
