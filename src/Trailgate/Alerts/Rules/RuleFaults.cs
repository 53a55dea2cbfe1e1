namespace Trailgate.Alerts.Rules;

/// <summary>What is wrong with rules: all of it, up to a number that nobody reads beyond.</summary>
internal sealed class RuleFaults
{
    private const int Most = 50;

    private readonly List<string> _all = [];

    /// <summary>Sentences with their places, in the order of the file.</summary>
    public IReadOnlyList<string> All => _all;

    public int Count => _all.Count;

    public void Add(string fault)
    {
        if (_all.Count < Most)
        {
            _all.Add(fault);
        }
    }

    public void Add(JsonPlace place, string sentence) => Add(place.Fault(sentence));

    /// <summary>Whether a value is an object with none but these members, each once.</summary>
    public bool CheckObject(JsonPlace place, string what, params ReadOnlySpan<string> members)
    {
        if (place.Type != System.Text.Json.JsonTokenType.StartObject)
        {
            Add(place, $"{what} is an object.");
            return false;
        }

        var before = _all.Count;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in place.Members)
        {
            if (!members.Contains(name))
            {
                Add(value, $"{what} has no member of this name; it may have {string.Join(", ", members!)}.");
            }
            else if (!seen.Add(name))
            {
                Add(value, "this member stands here twice.");
            }
        }

        return _all.Count == before;
    }
}
