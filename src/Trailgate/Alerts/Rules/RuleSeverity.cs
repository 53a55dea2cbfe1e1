namespace Trailgate.Alerts.Rules;

/// <summary>How bad something is, in the words of the events.</summary>
internal static class RuleSeverity
{
    public const string Normal = "normal";
    public const string Warning = "warning";
    public const string Critical = "critical";

    private static readonly string[] Order = [Normal, Warning, Critical];

    public static bool IsKnown(string text) => Order.Contains(text);

    /// <summary>The worse of two; a word that nobody knows counts as the least.</summary>
    public static string Worse(string one, string other) => Array.IndexOf(Order, one) >= Array.IndexOf(Order, other) ? one : other;
}
