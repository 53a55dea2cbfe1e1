namespace Trailgate.Normalize;

/// <summary>How a value is treated because of what it is part of.</summary>
internal enum Sensitivity : byte
{
    /// <summary>Secrets are found by name and by shape.</summary>
    Ordinary,

    /// <summary>The body of an action on a secret or key: texts that do not merely describe give way as well.</summary>
    SecretBody,

    /// <summary>Secret material: every text and number in it gives way.</summary>
    Material,
}

/// <summary>Where the name of a member stands, until a pointer needs it.</summary>
internal enum NamePlace : byte
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>In the text that is being copied, as it is.</summary>
    Text,

    /// <summary>In the text that is being copied, with escapes.</summary>
    Escaped,

    /// <summary>Among the names whose secrets were replaced.</summary>
    Cleaned,
}

/// <summary>One object or array that is open while a value is copied.</summary>
internal struct CopyFrame
{
    public bool IsArray;
    public bool ExpectName;

    /// <summary>How the container is treated.</summary>
    public Sensitivity Own;

    /// <summary>How the value is treated that comes next.</summary>
    public Sensitivity Value;

    /// <summary>What the name tells before the value that comes next.</summary>
    public Traits Name;

    /// <summary>What its other members tell; null until it was looked at.</summary>
    public Traits? Around;

    /// <summary>Among the lines of a PEM key.</summary>
    public bool IsInPem;

    /// <summary>The element before announced a secret.</summary>
    public bool NextGives;

    /// <summary>How many values stand before.</summary>
    public int Index;

    /// <summary>Where it begins in the text.</summary>
    public int Start;

    /// <summary>Where its names begin in <see cref="MemberNames"/>.</summary>
    public int FirstName;

    /// <summary>Its number among all objects of the value.</summary>
    public int Number;

    public NamePlace NamePlace;
    public int NameStart;
    public int NameLength;
}
