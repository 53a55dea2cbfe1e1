namespace Trailgate.Tests.Ingest;

/// <summary>A row of the tables of bodies and answers. The body is made when it is sent: some are large.</summary>
public sealed record BodyCase(string Name, Func<byte[]> Body)
{
    /// <summary>What a row of bad input holds where its payload would be; no answer may repeat it.</summary>
    public const string Marker = "hunter2";

    public BodyCase(string name, Func<string> body)
        : this(name, () => Bodies.Utf8(body()))
    {
    }

    public string? ContentType { get; init; } = "application/json";

    public string? Encoding { get; init; }

    public bool Chunked { get; init; }

    public int Status { get; init; } = 202;

    /// <summary>The last word of the problem's type.</summary>
    public string? Problem { get; init; }

    /// <summary>Words that the answer's detail must have, split by bars; for quarantined items the reason must.</summary>
    public string Says { get; init; } = "";

    public int Accepted { get; init; }

    public int Duplicates { get; init; }

    public int Quarantined { get; init; }

    public override string ToString() => Name;
}
