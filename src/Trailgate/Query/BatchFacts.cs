using Trailgate.Events;

namespace Trailgate.Query;

/// <summary>What is worth remembering of a batch that was read once: a batch never changes.</summary>
/// <param name="Regions">Per region what the trailer counts as received, and the lines that are there.</param>
/// <param name="Oldest">The oldest eventTime; null when it holds no event.</param>
/// <param name="Newest">The newest eventTime; null when it holds no event.</param>
/// <param name="Damaged">The trailer is missing or not true, or a line is neither an event nor a quarantined item.</param>
internal sealed record BatchFacts(IReadOnlyList<RegionFacts> Regions, EventTime? Oldest, EventTime? Newest, bool Damaged);

/// <summary>What a batch holds of one region.</summary>
/// <param name="Region">The region.</param>
/// <param name="Received">Items by the trailer.</param>
/// <param name="Lines">Items by counting.</param>
internal readonly record struct RegionFacts(Region Region, int Received, int Lines);
