namespace Trailgate.Storage;

/// <summary>The containers of a store; directories of these names in a file store.</summary>
public static class Containers
{
    /// <summary>Accepted events that wait for an archive run, and the plan of that run.</summary>
    public const string Inbox = "inbox";

    /// <summary>Segments, manifests and overflow. Write-once: a retention policy fits.</summary>
    public const string Archive = "archive";

    /// <summary>The chain of notes over the heads of all regions. Write-once.</summary>
    public const string Ledger = "ledger";

    /// <summary>What arrived and is no event, redacted. May be deleted.</summary>
    public const string Quarantine = "quarantine";

    /// <summary>Derived from segments at any time. May be deleted.</summary>
    public const string Index = "index";

    /// <summary>Matches, deliveries and dead letters.</summary>
    public const string Alerts = "alerts";

    /// <summary>Saved views; those of the default store count.</summary>
    public const string Views = "views";

    /// <summary>All of them: what a store is given before anything is written.</summary>
    public static IReadOnlyList<string> All { get; } = [Inbox, Archive, Ledger, Quarantine, Index, Alerts, Views];
}
