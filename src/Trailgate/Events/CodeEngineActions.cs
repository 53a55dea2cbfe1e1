using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Trailgate.Events;

/// <summary>
/// The actions that IBM Cloud Code Engine documents, from the table <c>codeengine-actions.tsv</c>. The table serves the
/// demo and completions; it is no gate: an action outside it is welcome.
/// </summary>
public static class CodeEngineActions
{
    /// <summary>All documented actions, in the order of the table.</summary>
    public static IReadOnlyList<CodeEngineAction> All { get; } = Load();

    private static readonly FrozenDictionary<string, CodeEngineAction> ByName = All
        .SelectMany(action => new[] { action.Id, action.OtherName }.OfType<string>(), (action, name) => (Name: name, Action: action))
        .ToFrozenDictionary(pair => pair.Name, pair => pair.Action, StringComparer.OrdinalIgnoreCase);

    /// <summary>Finds an action by its id or by another name of it, ignoring case.</summary>
    public static bool TryFind(string name, [NotNullWhen(true)] out CodeEngineAction? action) => ByName.TryGetValue(name, out action);

    private static List<CodeEngineAction> Load()
    {
        using var reader = new StreamReader(
            typeof(CodeEngineActions).Assembly.GetManifestResourceStream("codeengine-actions.tsv")
            ?? throw new InvalidOperationException("The table of Code Engine's actions is not in the assembly."));
        var actions = new List<CodeEngineAction>();
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                var cells = line.Split('\t');
                actions.Add(new CodeEngineAction(cells[0], cells[1], cells[2], cells[3]) { OtherName = cells.ElementAtOrDefault(4) });
            }
        }

        return actions;
    }
}

/// <summary>One action of Code Engine.</summary>
/// <param name="Id">As it stands in an event: <c>codeengine.{object}.{verb}</c>.</param>
/// <param name="ObjectType">What is acted upon, such as <c>application</c>.</param>
/// <param name="Verb">What is done: create, read, list, update or delete.</param>
/// <param name="Description">What it means, as one sentence without a full stop.</param>
public sealed record CodeEngineAction(string Id, string ObjectType, string Verb, string Description)
{
    /// <summary>Another id under which events name this action; null for none.</summary>
    public string? OtherName { get; init; }
}
