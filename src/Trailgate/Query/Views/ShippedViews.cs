namespace Trailgate.Query.Views;

/// <summary>The views that come with the product.</summary>
public static class ShippedViews
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<NamedView> All { get; } =
    [
        Ship("failures", new SavedView
        {
            Title = "Failures and why",
            Query = "outcome=failure",
            Columns = ["eventTime", "trailgate.region", "action", "reason.reasonCode", "reason.reasonForFailure", "initiator.name", "target.name"],
        }),
        Ship("deletes", new SavedView
        {
            Title = "Deletes",
            Query = "kind=delete",
            Columns = ["eventTime", "trailgate.region", "action", "outcome", "initiator.name", "target.name", "target.id"],
        }),
        Ship("updates", new SavedView
        {
            Title = "Updates",
            Query = "kind=update",
            Columns = ["eventTime", "trailgate.region", "action", "outcome", "initiator.name", "target.name", "id"],
        }),
        Ship("credentials", new SavedView
        {
            Title = "Changes of credentials",
            Query = "kind=!read&action=*secret*,*apikey*,*.key.*,*.keys.*,*credential*,*certificate*,*password*,*token*",
            Columns = ["eventTime", "trailgate.region", "action", "outcome", "initiator.name", "initiator.credential.type", "target.name"],
        }),
        Ship("project", new SavedView
        {
            Title = "Activity of one project",
            Query = "",
            Columns = ["eventTime", "action", "outcome", "initiator.name", "reason.reasonForFailure", "correlationId"],
            Parameters = [new ViewParameter("targetId", "The project's CRN (target.id)")],
        }),
        Ship("request", new SavedView
        {
            Title = "One request",
            Query = "order=oldest",
            Columns = ["eventTime", "trailgate.region", "action", "outcome", "reason.reasonForFailure", "initiator.name", "target.name"],
            Parameters = [new ViewParameter("correlationId", "The request's correlationId")],
        }),
    ];

    /// <summary>The shipped view of that name; null when there is none.</summary>
    public static NamedView? Find(ViewName name) => All.FirstOrDefault(view => view.Name == name);

    private static NamedView Ship(string name, SavedView view) =>
        ViewName.TryParse(name, out var parsed) ? new NamedView(parsed, view, IsShipped: true) : throw new ArgumentException("This is no name of a view.", nameof(name));
}
