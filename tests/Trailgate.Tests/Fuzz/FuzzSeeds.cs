using System.Text.Json;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Fuzz;

/// <summary>Events to change: our own samples, and the public ones where they lie beside the clone.</summary>
internal static class FuzzSeeds
{
    public static IReadOnlyList<ObjectNode> All { get; } = [.. Own().Concat(Public())];

    private static IEnumerable<ObjectNode> Own()
    {
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Golden", "own.txt")))
        {
            if (line.StartsWith("< {", StringComparison.Ordinal) && TryParse(line[2..]) is { } sample)
            {
                yield return sample;
            }
        }
    }

    private static IEnumerable<ObjectNode> Public() =>
        (Corpus.Events ?? []).Concat(Corpus.Envelopes ?? []).Where(file => file.EndsWith(".json", StringComparison.Ordinal)).Select(file => TryParse(File.ReadAllText(file))).OfType<ObjectNode>();

    // Lists, and texts that .NET has no string for, are made by the mutations.
    private static ObjectNode? TryParse(string json)
    {
        try
        {
            return Node.Parse(json) as ObjectNode;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
