namespace Trailgate.Query.Facets;

/// <summary>By what the events of an answer can be counted.</summary>
public enum Facet
{
    /// <summary>Where they happened.</summary>
    Region,

    /// <summary>The whole action.</summary>
    Action,

    /// <summary>What the action does.</summary>
    Kind,

    /// <summary>How it ended.</summary>
    Outcome,

    /// <summary>How serious it is.</summary>
    Severity,

    /// <summary>initiator.name, else initiator.id.</summary>
    Initiator,

    /// <summary>When they happened, in steps of equal length.</summary>
    Time,
}
