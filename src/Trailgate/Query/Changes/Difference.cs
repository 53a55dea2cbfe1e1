using System.Text.Json;

namespace Trailgate.Query.Changes;

/// <summary>One operation of RFC 6902, with the value before it.</summary>
/// <param name="Op"><c>add</c>, <c>remove</c> or <c>replace</c>.</param>
/// <param name="Path">Where, in the object that was changed.</param>
/// <param name="Value">The new value; null for <c>remove</c>.</param>
/// <param name="Old">The last value known before; null for <c>add</c>.</param>
/// <param name="Observed">The event that showed the old value, or that there was none; null where nothing could have been before.</param>
public sealed record Difference(string Op, string Path, JsonElement? Value, JsonElement? Old, Observation? Observed);
