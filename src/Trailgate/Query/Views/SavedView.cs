using System.Text.Json.Serialization;

namespace Trailgate.Query.Views;

/// <summary>A saved query: what to look for, and what to show of each event.</summary>
public sealed record SavedView
{
    /// <summary>What it shows, for people.</summary>
    public required string Title { get; init; }

    /// <summary>The query string of <c>GET /api/events</c>, without the question mark; empty for all events.</summary>
    public required string Query { get; init; }

    /// <summary>Places in an event, their names split by dots: <c>reason.reasonForFailure</c>.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>What whoever opens the view has to fill in.</summary>
    /// <remarks>The generated reader sets it to null where the JSON does not have it.</remarks>
    public IReadOnlyList<ViewParameter> Parameters { get; init => field = value ?? []; } = [];
}

/// <summary>A filter of a view that its reader fills in.</summary>
/// <param name="Name">The parameter of <c>GET /api/events</c>.</param>
/// <param name="Title">What it asks for, for people.</param>
public sealed record ViewParameter(string Name, string Title);

/// <summary>A view and its name.</summary>
/// <param name="Name">The name.</param>
/// <param name="View">The view.</param>
/// <param name="IsShipped">Whether it comes with the product, and can not be changed.</param>
public sealed record NamedView(ViewName Name, SavedView View, bool IsShipped);

/// <summary>The form in which views are sent and stored; a member that nobody knows is refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SavedView))]
internal sealed partial class ViewJsonContext : JsonSerializerContext;
