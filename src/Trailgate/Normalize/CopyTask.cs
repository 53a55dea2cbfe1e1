namespace Trailgate.Normalize;

/// <summary>What kept a value from being copied.</summary>
internal enum CopyFault : byte
{
    None,

    /// <summary>An object names a member twice, and nobody can know which one was meant.</summary>
    DuplicateMember,

    /// <summary>Nested deeper than the limit.</summary>
    TooDeep,
}

/// <summary>A value to be copied, and what is known of it beforehand.</summary>
internal readonly ref struct CopyTask
{
    /// <summary>The value's bytes: checked JSON.</summary>
    public required ReadOnlySpan<byte> Json { get; init; }

    /// <summary>The name of the member that it stands under, for pointers.</summary>
    public required ReadOnlySpan<byte> Member { get; init; }

    /// <summary>Pointer of the object that the member stands in; empty for the event itself.</summary>
    public ReadOnlySpan<byte> Parent { get; init; }

    /// <summary>How to treat it.</summary>
    public Sensitivity Sensitivity { get; init; }

    /// <summary>What the event that it is from may hold.</summary>
    public required SecretMarks Marks { get; init; }

    /// <summary>How deep the value may nest.</summary>
    public required int MaxDepth { get; init; }

    /// <summary>Whether it is known to be a string without escapes and without a sign that could assign a value.</summary>
    public bool IsPlain { get; init; }

    /// <summary>True to copy an object that names a member twice as well.</summary>
    public bool ToleratesDuplicates { get; init; }
}
