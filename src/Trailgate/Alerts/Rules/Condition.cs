namespace Trailgate.Alerts.Rules;

/// <summary>What a rule asks of an event: tests of fields, put together.</summary>
internal abstract record Condition
{
    private Condition()
    {
    }

    /// <summary>All of these hold.</summary>
    public sealed record All(IReadOnlyList<Condition> Parts) : Condition;

    /// <summary>One of these holds at least.</summary>
    public sealed record Any(IReadOnlyList<Condition> Parts) : Condition;

    /// <summary>This does not hold.</summary>
    public sealed record Not(Condition Part) : Condition;

    /// <summary>A field has a value that passes.</summary>
    public sealed record Field(FieldPath Path, FieldTest Test) : Condition
    {
        public override string ToString() => $"{Path} {Test}";
    }

    /// <summary>The tests of fields in it.</summary>
    public IEnumerable<Field> Fields() => this switch
    {
        All all => all.Parts.SelectMany(static part => part.Fields()),
        Any any => any.Parts.SelectMany(static part => part.Fields()),
        Not not => not.Part.Fields(),
        Field field => [field],
        _ => [],
    };
}
