using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Trailgate.Query;

/// <summary>How events are answered.</summary>
internal enum AnswerForm
{
    /// <summary>One JSON document.</summary>
    Json,

    /// <summary>One event a line.</summary>
    Lines,

    /// <summary>A table with the members that people look at first, see <see cref="EventTable"/>.</summary>
    Csv,
}

/// <summary>Chooses the form of an answer.</summary>
internal static class AnswerFormat
{
    /// <summary>The media type of one event a line. No such type is registered; this one is the most used.</summary>
    public const string Lines = "application/x-ndjson";

    private const string Csv = "text/csv";

    private static readonly string[] LineTypes = [Lines, "application/jsonl", "application/x-jsonlines", "application/jsonlines"];

    /// <summary>The media type of a form.</summary>
    public static string TypeOf(AnswerForm form) => form switch
    {
        AnswerForm.Lines => Lines,
        AnswerForm.Csv => "text/csv; charset=utf-8",
        _ => "application/json",
    };

    /// <summary>
    /// The parameter <c>format</c> decides; without it, another form must be accepted by name and liked better than JSON, for
    /// <c>*/*</c> says nothing. What is not understood of the header means JSON.
    /// </summary>
    public static bool TryChoose(HttpRequest request, out AnswerForm form, [NotNullWhen(false)] out Problem? problem)
    {
        problem = null;
        form = AnswerForm.Json;
        if (!request.Query.TryGetValue("format", out var values))
        {
            form = Accepted(request);
            return true;
        }

        switch (values is [var text] ? text?.ToLowerInvariant() : null)
        {
            case "json":
                return true;
            case "ndjson":
                form = AnswerForm.Lines;
                return true;
            case "csv":
                form = AnswerForm.Csv;
                return true;
            default:
                problem = QueryParameters.Bad("'format' must be json, ndjson or csv, given once.");
                return false;
        }
    }

    private static AnswerForm Accepted(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted))
        {
            return AnswerForm.Json;
        }

        double asLines = 0, asCsv = 0, asJson = 0;
        foreach (var type in accepted)
        {
            if (LineTypes.Any(name => type.MediaType.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                asLines = Math.Max(asLines, type.Quality ?? 1);
            }
            else if (type.MediaType.Equals(Csv, StringComparison.OrdinalIgnoreCase))
            {
                asCsv = type.Quality ?? 1;
            }
            else if (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            {
                asJson = type.Quality ?? 1;
            }
        }

        return asLines > 0 && asLines >= Math.Max(asJson, asCsv) ? AnswerForm.Lines
            : asCsv > 0 && asCsv >= asJson ? AnswerForm.Csv
            : AnswerForm.Json;
    }
}
