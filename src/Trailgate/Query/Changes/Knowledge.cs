namespace Trailgate.Query.Changes;

/// <summary>How much is known of a value.</summary>
internal enum Knowledge
{
    /// <summary>No event shows it.</summary>
    Unknown,

    /// <summary>It is not there.</summary>
    Absent,

    /// <summary>Its value.</summary>
    Value,

    /// <summary>It is an object, known member by member.</summary>
    Object,
}
