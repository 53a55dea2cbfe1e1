namespace Trailgate.Ingest.Envelopes;

/// <summary>
/// A line of a log with the event in it, as an object or as a text: <c>{"Time":...,"line":{}}</c>, one of LogDNA's
/// <c>lines</c>, and the <c>_line</c> of Mezmo's archives and streams.
/// </summary>
internal sealed class LogLine : Envelope
{
    public override string Type => "log-line";

    public override bool TryOpen(RawObject item, out OpenedEnvelope opened)
    {
        opened = default;
        if (item.HasEventCore)
        {
            return false;
        }

        if (item.MayHoldEvent("line"u8))
        {
            opened = Open(item, "line"u8);
            return true;
        }

        if (item.MayHoldEvent("_line"u8))
        {
            opened = Open(item, "_line"u8);
            return true;
        }

        return false;
    }

    private OpenedEnvelope Open(RawObject item, ReadOnlySpan<byte> member)
    {
        var facts = new FactsWriter(Type)
            .Add("id", item, "_id"u8)
            .Add("source", item, First(item, "app"u8, "_app"u8, "Hostname"u8))
            .Add("time", item, First(item, "Time"u8, "timestamp"u8, "_ts"u8))
            .Skip(item, member)
            .Build(item);
        return JsonInText.TryOpen(item.JsonOf(member), out var content)
            ? new OpenedEnvelope { Facts = facts, Content = content }
            : OpenedEnvelope.Faulty(facts, "its line is not JSON");
    }

    private static ReadOnlySpan<byte> First(RawObject item, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third) =>
        item[first].IsPresent ? first : item[second].IsPresent ? second : third;
}
