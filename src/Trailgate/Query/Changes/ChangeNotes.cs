using Trailgate.Events;

namespace Trailgate.Query.Changes;

/// <summary>What has to be said of an answer, so that nobody takes it for more than it is.</summary>
internal static class ChangeNotes
{
    public const string LeftOut = "A body of this event was left out by the source, or is no longer kept, so what it held is not known.";

    /// <summary>What has to be said of the event and its values.</summary>
    /// <param name="read">The event.</param>
    /// <param name="bodies">Its bodies, when they count.</param>
    /// <param name="list">What was compared.</param>
    public static IEnumerable<string> Of(EventDocument read, EventBodies? bodies, DifferenceList list)
    {
        if (read.Outcome != Outcome.Success && read.Kind != EventKind.Read)
        {
            yield return read.Outcome == Outcome.Failure
                ? "The action failed: this is what was asked for, and it was not done."
                : "The event does not tell whether the action was done: this is what was asked for.";
        }

        if (bodies is { IsLeftOut: true })
        {
            yield return LeftOut;
        }

        if (list.HasRedacted)
        {
            yield return "Redacted values can not be compared, unless both events have keyed hashes of them (Trailgate:Redaction:HmacKey).";
        }

        if (list.HasHashes)
        {
            yield return "Redacted values differ by their keyed hashes; they do as well where another key was set between the two events.";
        }

        if (list.HasMergedLists)
        {
            yield return "A list in a patch to Kubernetes may be merged by names; such lists are not compared.";
        }
    }

    /// <summary>What has to be said of the search for old values.</summary>
    /// <param name="look">The search.</param>
    /// <param name="unclear">How many changes in between tell too little.</param>
    public static IEnumerable<string> Of(LookBack look, int unclear)
    {
        if (unclear > 0)
        {
            yield return $"{unclear} changes in between came without a body, or without the name of what they changed: an old value may have been another meanwhile.";
        }

        if (look.EndedAt is { } end)
        {
            yield return $"The search for old values ended after {look.Examined} events, at {end}.";
        }

        if (look.IsIncomplete)
        {
            yield return "A store did not answer, or a part of an archive can not be read: newer old values may be there.";
        }
    }
}
