namespace Trailgate.EndToEnd.Tests.Load;

/// <summary>An event that a test sends.</summary>
/// <param name="Key">Unique among all events of the test; its correlation id.</param>
/// <param name="Region">Where it must be archived.</param>
/// <param name="Hour">The hour under which it must be archived, such as <c>2026-11-22T05</c>; null when it says no time.</param>
/// <param name="Json">The event, on one line.</param>
internal sealed record TestEvent(string Key, string Region, string? Hour, string Json);
