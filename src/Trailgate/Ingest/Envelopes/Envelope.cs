using Trailgate.Normalize;

namespace Trailgate.Ingest.Envelopes;

/// <summary>
/// One way in which senders pack events. It is recognised by its shape, the combination of its members, never by one
/// member alone: an ordinary event may have a member of any name.
/// </summary>
internal abstract class Envelope
{
    /// <summary>What a Content-Type can announce.</summary>
    public static Envelope CloudEvent { get; } = new CloudEvent();

    /// <summary>All of them, in the order in which they are tried: the more a shape says, the earlier.</summary>
    public static IReadOnlyList<Envelope> All { get; } =
    [
        new KubernetesEvent(),
        CloudEvent,
        new FlattenedEvent(),
        new EventGridEvent(),
        new OsloMessage(),
        new OsloNotification(),
        new CloudLogsAlert(),
        new PayloadWrapper(),
        new LogLine(),
        new SourceDocument(),
        new LogLines(),
        new EventList(),
    ];

    /// <summary>
    /// Whether an object may be an envelope: quick, for every event received. An envelope has members that no event has; of
    /// what has an action, only a CloudEvent and a flattened event can be more than the event that it looks like.
    /// </summary>
    public static bool MayBe(RawMembers members)
    {
        if (members.Unknown.Count == 0)
        {
            return false;
        }

        if (!members[Member.Action].IsPresent)
        {
            return true;
        }

        foreach (var unknown in members.Unknown)
        {
            var name = members.NameOf(unknown);
            if (name.Contains((byte)'.') || name.SequenceEqual("specversion"u8))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Its name in the facts and in reasons: lower-case ASCII.</summary>
    public abstract string Type { get; }

    /// <summary>Opens the object if it is this envelope.</summary>
    public abstract bool TryOpen(RawObject item, out OpenedEnvelope opened);

    /// <summary>Opens an object that is said to be this envelope. False when it is a bare event all the same.</summary>
    public virtual bool TryOpenExpected(RawObject item, out OpenedEnvelope opened)
    {
        if (!TryOpen(item, out opened))
        {
            opened = OpenedEnvelope.Faulty(FactsWriter.TypeOnly(Type), "it has another form");
        }

        return true;
    }
}

/// <summary>What was in an envelope. Its content belongs to the object that was opened, or stands alone.</summary>
internal readonly ref struct OpenedEnvelope
{
    /// <summary>What the envelope itself tells.</summary>
    public required EnvelopeFacts Facts { get; init; }

    /// <summary>A JSON object, or an array of items.</summary>
    public ReadOnlySpan<byte> Content { get; init; }

    /// <summary>The content is the event itself in another form: there is nothing more to open, and it counts as no nesting.</summary>
    public bool IsEvent { get; init; }

    /// <summary>What each item of the content must be; null when it may be anything.</summary>
    public Envelope? Items { get; init; }

    /// <summary>Why there is no event in it, or null.</summary>
    public string? Fault { get; init; }

    /// <summary>An envelope without an event.</summary>
    public static OpenedEnvelope Faulty(EnvelopeFacts facts, string fault) => new() { Facts = facts, Fault = fault };
}
