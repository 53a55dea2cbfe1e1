namespace Trailgate.Alerts.Rules;

/// <summary>The rules that come with the product, on or off: <c>shipped-rules.json</c>.</summary>
internal static class ShippedRules
{
    private const string Resource = "shipped-rules.json";

    /// <summary>All of them, in their order.</summary>
    public static IReadOnlyList<AlertRule> All { get; } = Read();

    /// <summary>The rule of that name, which is there.</summary>
    public static AlertRule Named(string name) => All.Single(rule => rule.Name == name);

    private static IReadOnlyList<AlertRule> Read()
    {
        using var stream = typeof(ShippedRules).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"{Resource} is not in the assembly.");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return RuleReader.Read(bytes.ToArray(), [], out var problems) ?? throw new InvalidOperationException(string.Join(' ', problems));
    }
}
