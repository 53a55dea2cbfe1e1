namespace Trailgate.Alerts.Rules;

/// <summary>What belongs together, and how long it is gathered.</summary>
/// <param name="By">The fields whose values make a group; none for one group of all.</param>
/// <param name="Window">How long what follows the first is counted before it is told; null for the setting, zero to tell each match by itself.</param>
internal sealed record RuleGrouping(IReadOnlyList<FieldPath> By, TimeSpan? Window)
{
    /// <summary>Most fields of a key.</summary>
    public const int MaxFields = 5;

    /// <summary>By initiator and project.</summary>
    public static RuleGrouping Default { get; } = new([PathOf("initiator.id"), PathOf(FieldPath.Project)], null);

    private static FieldPath PathOf(string text) => FieldPath.TryParse(text, out var path, out var fault) ? path : throw new ArgumentException(fault, nameof(text));
}
