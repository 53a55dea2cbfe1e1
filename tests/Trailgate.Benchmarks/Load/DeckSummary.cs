using System.Globalization;
using System.Text.Json;

namespace Trailgate.Benchmarks.Load;

/// <summary>Says what a deck really holds, read back from its bytes: the figures belong to this mix.</summary>
internal static class DeckSummary
{
    /// <exception cref="JsonException">An event is not JSON.</exception>
    public static string Of(IReadOnlyList<byte[]> deck)
    {
        var actions = new HashSet<string>(StringComparer.Ordinal);
        var regions = new HashSet<string>(StringComparer.Ordinal);
        var verbs = new Dictionary<string, int>(StringComparer.Ordinal);
        var failures = 0;
        foreach (var line in deck)
        {
            using var json = JsonDocument.Parse(line);
            var action = json.RootElement.GetProperty("action").GetString()!;
            actions.Add(action);
            regions.Add(json.RootElement.GetProperty("logSourceCRN").GetString()!.Split(':')[5]);
            failures += json.RootElement.GetProperty("outcome").ValueEquals("failure") ? 1 : 0;
            var verb = action[(action.LastIndexOf('.') + 1)..];
            verbs[verb] = verbs.GetValueOrDefault(verb) + 1;
        }

        string Share(double count) => string.Create(CultureInfo.InvariantCulture, $"{100 * count / deck.Count:0.#} %");
        var mix = string.Join(", ", verbs.OrderByDescending(verb => verb.Value).Select(verb => $"{Share(verb.Value)} {verb.Key}"));
        return string.Create(CultureInfo.InvariantCulture,
            $"Code Engine events of {deck.Min(line => line.Length)} to {deck.Max(line => line.Length)} bytes, {deck.Average(line => line.Length):F0} on average; {mix}; {Share(failures)} failed; {actions.Count} actions, {regions.Count} regions; no two alike");
    }
}
