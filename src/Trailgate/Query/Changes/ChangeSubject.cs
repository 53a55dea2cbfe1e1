using System.Text;
using System.Text.Json;
using Trailgate.Events;

namespace Trailgate.Query.Changes;

/// <summary>
/// The object that an event is about. Where target.id names an instance of a service and not an object in it, as Code
/// Engine's name the project, the type of the object and its name in the bodies tell it from others of the instance.
/// </summary>
internal sealed record ChangeSubject
{
    private const int ResourceIndex = 9; // in crn:version:cname:ctype:service:location:scope:instance:type:resource

    /// <summary>target.id.</summary>
    public required string TargetId { get; init; }

    /// <summary>What the action is about, without its verb: <c>codeengine.application</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The object's name; null when neither target nor bodies name it.</summary>
    public required string? Name { get; init; }

    /// <summary>Whether target.id is the object's own.</summary>
    public required bool IsTarget { get; init; }

    /// <summary>The target of lists in which the object can stand; null where lists have the object's target.</summary>
    public string? Parent { get; private init; }

    /// <summary>The last part of <see cref="TargetId"/>, which can be the object's id.</summary>
    private string LocalId { get; init; } = "";

    /// <summary>What an event is about; null when it names no target.</summary>
    public static ChangeSubject? Of(EventDocument read, EventBodies bodies)
    {
        if (read.Text("target", "id") is not { Length: > 0 } id)
        {
            return null;
        }

        var type = TypeOf(read.Action);
        var parts = id.StartsWith("crn:", StringComparison.Ordinal) ? id.Split(':', ResourceIndex + 1) : null;
        var isTarget = parts is null || (parts.Length > ResourceIndex && parts[ResourceIndex].Length > 0);
        var slash = id.LastIndexOf('/');
        return new ChangeSubject
        {
            TargetId = id,
            Type = type,
            IsTarget = isTarget,
            Name = isTarget && read.Text("target", "name") is { Length: > 0 } name ? name : ObjectBody.NameIn(bodies.Request, type) ?? ObjectBody.NameIn(bodies.Response, type),
            Parent = !isTarget ? null
                : parts is not null ? string.Join(':', parts[..(ResourceIndex - 1)]) + "::"
                : id.StartsWith('/') && slash > 0 ? id[..slash] : null,
            LocalId = !isTarget ? "" : parts is not null ? parts[ResourceIndex] : id[(slash + 1)..],
        };
    }

    /// <summary>An action without its verb, which sources write last (<c>codeengine.job.update</c>) or first (<c>updated.project</c>).</summary>
    public static string TypeOf(string action)
    {
        var dot = action.LastIndexOf('.');
        if (dot < 0)
        {
            return "";
        }

        return ActionName.KindOf(Encoding.UTF8.GetBytes(action[(dot + 1)..])) == EventKind.Other && ActionName.KindOf(Encoding.UTF8.GetBytes(action)) != EventKind.Other
            ? action[(action.IndexOf('.') + 1)..]
            : action[..dot];
    }

    /// <summary>Whether an action asks for many objects at once.</summary>
    public static bool IsList(string action) => action.EndsWith(".list", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether an event is about this object, about many of which it can be one, or about something else.</summary>
    public Relation To(EventDocument other, EventBodies bodies)
    {
        if (TypeOf(other.Action) != Type || other.Text("target", "id") is not { } id)
        {
            return Relation.None;
        }

        if (IsTarget && id == TargetId)
        {
            return Relation.Same;
        }

        if (id != TargetId && id.TrimEnd(':') != Parent?.TrimEnd(':'))
        {
            return Relation.None;
        }

        return (ObjectBody.NameIn(bodies.Request, Type) ?? ObjectBody.NameIn(bodies.Response, Type)) is { } name
            ? name == Name ? Relation.Same : Relation.None
            : Name is null && !IsTarget && !IsList(other.Action) ? Relation.Same : Relation.Many;
    }

    /// <summary>Whether an entry of a list is this object.</summary>
    public bool IsEntry(JsonElement entry) =>
        (Name is not null && ObjectBody.NameIn(entry, Type) == Name)
        || (IsTarget && (Is(entry, "id", LocalId) || Is(entry, "id", TargetId) || Is(entry, "crn", TargetId)));

    private static bool Is(JsonElement entry, string member, string text) =>
        EventDocument.Find(entry, member) is { } found && EventDocument.TextOf(found) == text;
}

/// <summary>What an event has to do with an object.</summary>
internal enum Relation
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It is about it.</summary>
    Same,

    /// <summary>It is about objects of its type and place, and names none: a list, or a delete of several.</summary>
    Many,
}
