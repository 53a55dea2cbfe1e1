using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Trailgate.Query;

/// <summary>Chooses between one JSON document and one event a line.</summary>
internal static class AnswerFormat
{
    /// <summary>The media type of one event a line. No such type is registered; this one is the most used.</summary>
    public const string Lines = "application/x-ndjson";

    private static readonly string[] LineTypes = [Lines, "application/jsonl", "application/x-jsonlines", "application/jsonlines"];

    /// <summary>
    /// The parameter <c>format</c> decides; without it, lines must be accepted by name and liked better than JSON, for
    /// <c>*/*</c> says nothing. What is not understood of the header means JSON.
    /// </summary>
    public static bool TryChoose(HttpRequest request, out bool lines, [NotNullWhen(false)] out Problem? problem)
    {
        problem = null;
        lines = false;
        if (!request.Query.TryGetValue("format", out var values))
        {
            lines = AcceptsLines(request);
            return true;
        }

        lines = values is [var text] && "ndjson".Equals(text, StringComparison.OrdinalIgnoreCase);
        if (lines || (values is [var other] && "json".Equals(other, StringComparison.OrdinalIgnoreCase)))
        {
            return true;
        }

        problem = QueryParameters.Bad("'format' must be json or ndjson, given once.");
        return false;
    }

    private static bool AcceptsLines(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted))
        {
            return false;
        }

        double asLines = 0, asJson = 0;
        foreach (var type in accepted)
        {
            if (LineTypes.Any(name => type.MediaType.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                asLines = Math.Max(asLines, type.Quality ?? 1);
            }
            else if (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            {
                asJson = type.Quality ?? 1;
            }
        }

        return asLines > 0 && asLines >= asJson;
    }
}
