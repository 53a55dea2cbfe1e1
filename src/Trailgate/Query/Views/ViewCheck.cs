using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Trailgate.Query.Views;

/// <summary>What a view must be before it is stored.</summary>
internal static class ViewCheck
{
    private const int MaxTitleLength = 200;
    private const int MaxQueryLength = 4_096;
    private const int MaxColumns = 30;
    private const int MaxColumnLength = 200;
    private const int MaxParameters = 10;

    // They say which page and which form, and belong to one request.
    private static readonly string[] Unsaved = ["cursor", "format", "facets"];

    /// <summary>Why a view can not be stored; null when it can.</summary>
    public static Problem? Refuse(SavedView view)
    {
        if (!IsText(view.Title, MaxTitleLength))
        {
            return Bad($"'title' must have 1 to {MaxTitleLength} characters, none of them a control character.");
        }

        if (view.Columns.Count is 0 or > MaxColumns || !view.Columns.All(IsColumn))
        {
            return Bad($"'columns' must be 1 to {MaxColumns} places in an event, such as action or reason.reasonForFailure: names split by dots, at most {MaxColumnLength} characters.");
        }

        if (view.Query.Length > MaxQueryLength || view.Query.StartsWith('?'))
        {
            return Bad($"'query' must be a query string of GET /api/events without its question mark, at most {MaxQueryLength} characters.");
        }

        var parameters = QueryHelpers.ParseQuery(view.Query);
        return parameters.Keys.Any(name => Unsaved.Contains(name, StringComparer.OrdinalIgnoreCase))
            ? Bad($"'query' can not hold {string.Join(", ", Unsaved)}: they belong to one request.")
            : RefuseParameters(view.Parameters, parameters.Keys)
                ?? (EventQuery.TryParse(new QueryCollection(parameters), out _, out var problem) ? null : problem);
    }

    private static Problem? RefuseParameters(IReadOnlyList<ViewParameter> asked, ICollection<string> given)
    {
        if (asked.Any(static parameter => parameter is null))
        {
            return Bad("'parameters' must be objects.");
        }

        var distinct = asked.Select(parameter => parameter.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count();
        return asked.Count <= MaxParameters && distinct == asked.Count
            && asked.All(parameter => QueryParameters.Filters.Contains(parameter.Name) && IsText(parameter.Title, MaxTitleLength)
                && !given.Contains(parameter.Name, StringComparer.OrdinalIgnoreCase))
            ? null
            : Bad($"'parameters' must be at most {MaxParameters}, each with a 'title' and a 'name' that 'query' does not hold, of {string.Join(", ", QueryParameters.Filters)}.");
    }

    // JSON may have null where the type has none: lists are not looked into.
    private static bool IsColumn(string? column) =>
        column is not null && IsText(column, MaxColumnLength) && column.Split('.').All(static name => name.Length > 0 && !name.AsSpan().ContainsAny(" \t\"\\"));

    private static bool IsText(string text, int maxLength) => text.Length > 0 && text.Length <= maxLength && !text.Any(char.IsControl);

    private static Problem Bad(string detail) => new(StatusCodes.Status400BadRequest, "bad-view", "The view is not understood", detail);
}
