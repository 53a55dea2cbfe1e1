using Microsoft.AspNetCore.Http;

namespace Trailgate.Query;

/// <summary>The parameters of event queries, and what is said about wrong ones.</summary>
internal static class QueryParameters
{
    /// <summary>Those that say which events are asked for.</summary>
    public static IReadOnlyList<string> Filters { get; } =
        ["from", "to", "region", "action", "kind", "outcome", "severity", "initiator", "targetId", "correlationId", "reason", "text"];

    private static readonly string[] Names = [.. Filters, "order", "cursor", "limit", "facets", "format"];

    /// <summary>400 with a sentence about the parameter.</summary>
    public static Problem Bad(string detail) => new(StatusCodes.Status400BadRequest, "bad-query", "The query is not understood", detail);

    /// <summary>
    /// Says that a parameter is not known, with the nearest one that is. Its name is repeated only when it is a plain
    /// word: an answer never echoes arbitrary input.
    /// </summary>
    public static string Unknown(string name)
    {
        var plain = name.Length <= 32 && name.All(char.IsAsciiLetterOrDigit);
        var nearest = plain ? Names.MinBy(known => Distance(known, name)) : null;
        var hint = nearest is not null && Distance(nearest, name) <= 2 ? $": did you mean '{nearest}'?" : ".";
        return $"{(plain ? $"'{name}'" : "A parameter")} is not known{hint} Allowed are {string.Join(", ", Names)}.";
    }

    // Edits between two words; two neighbours swapped count as one, for that is how fingers err (regoin).
    private static int Distance(string known, string given)
    {
        var rows = new int[known.Length + 1, given.Length + 1];
        for (var i = 0; i <= known.Length; i++)
        {
            for (var j = 0; j <= given.Length; j++)
            {
                rows[i, j] = i == 0 || j == 0 ? i + j : Best(i, j);
            }
        }

        return rows[known.Length, given.Length];

        int Best(int i, int j)
        {
            var replace = rows[i - 1, j - 1] + (Same(i, j) ? 0 : 1);
            var best = Math.Min(replace, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
            return i > 1 && j > 1 && Same(i, j - 1) && Same(i - 1, j) ? Math.Min(best, rows[i - 2, j - 2] + 1) : best;
        }

        bool Same(int i, int j) => char.ToLowerInvariant(known[i - 1]) == char.ToLowerInvariant(given[j - 1]);
    }
}
