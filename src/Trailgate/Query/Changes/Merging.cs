namespace Trailgate.Query.Changes;

/// <summary>What a body means for the members that it does not carry, and for those that are null.</summary>
internal enum Merging
{
    /// <summary>It shows all of an object.</summary>
    Whole,

    /// <summary>It shows some of an object: null is a value.</summary>
    Shown,

    /// <summary>It changes some of an object: null takes a member away (RFC 7396).</summary>
    Patch,

    /// <summary>The same, and lists of objects may be merged by their names.</summary>
    KubernetesPatch,
}
