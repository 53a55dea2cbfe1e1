namespace Trailgate.EndToEnd.Tests.Evidence;

/// <summary>A line of a segment that a manifest lists.</summary>
/// <param name="Region">The partition that it stands in.</param>
/// <param name="Hour">Its partition's date and hour, such as <c>2026-11-22T05</c>.</param>
/// <param name="Id">The event id.</param>
/// <param name="CorrelationId">The event's correlation id, by which tests know their events; null without one.</param>
/// <param name="Json">The line.</param>
internal sealed record ArchivedLine(string Region, string Hour, string Id, string? CorrelationId, string Json);
