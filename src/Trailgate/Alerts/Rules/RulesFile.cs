namespace Trailgate.Alerts.Rules;

/// <summary>A file of rules, read to be looked at before it counts.</summary>
public sealed class RulesFile
{
    private RulesFile(IReadOnlyList<AlertRule> rules, IReadOnlyList<string> problems)
    {
        Rules = rules;
        Problems = problems;
    }

    /// <summary>All rules as they would be with this file, the shipped ones and those that are off included; none when something is wrong.</summary>
    public IReadOnlyList<AlertRule> Rules { get; }

    /// <summary>What is wrong, each with its place.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>Reads the text of a file.</summary>
    public static RulesFile Read(ReadOnlyMemory<byte> json)
    {
        var rules = RuleReader.Read(json, ShippedRules.All, out var problems);
        return new RulesFile(rules ?? [], problems);
    }
}
