namespace Trailgate.Events;

/// <summary>What an action does. The verb of the action decides, by the table <c>kinds.tsv</c>.</summary>
public enum EventKind
{
    /// <summary>The table does not know the verb.</summary>
    Other,

    /// <summary>Looks at something and changes nothing.</summary>
    Read,

    /// <summary>Brings something into being.</summary>
    Create,

    /// <summary>Changes something that stays.</summary>
    Update,

    /// <summary>Ends something, or takes it away from where it was used.</summary>
    Delete,

    /// <summary>Concerns who may do what: log-ins, permissions, keys, policies.</summary>
    Security,
}

/// <summary>The text forms of <see cref="EventKind"/>, as they stand in an event.</summary>
public static class EventKinds
{
    /// <summary>The lower-case name.</summary>
    public static string ToText(this EventKind kind) => kind switch
    {
        EventKind.Read => "read",
        EventKind.Create => "create",
        EventKind.Update => "update",
        EventKind.Delete => "delete",
        EventKind.Security => "security",
        _ => "other",
    };

    /// <summary>Reads the lower-case name.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out EventKind kind)
    {
        kind = utf8 switch
        {
            _ when utf8.SequenceEqual("read"u8) => EventKind.Read,
            _ when utf8.SequenceEqual("create"u8) => EventKind.Create,
            _ when utf8.SequenceEqual("update"u8) => EventKind.Update,
            _ when utf8.SequenceEqual("delete"u8) => EventKind.Delete,
            _ when utf8.SequenceEqual("security"u8) => EventKind.Security,
            _ => EventKind.Other,
        };
        return kind != EventKind.Other || utf8.SequenceEqual("other"u8);
    }
}
