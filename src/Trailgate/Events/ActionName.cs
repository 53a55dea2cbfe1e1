using System.Collections.Frozen;
using System.Text;

namespace Trailgate.Events;

/// <summary>
/// Names of actions. IBM writes <c>service.object.verb</c> in three to five parts; OpenStack writes the verb first
/// (<c>deleted.project</c>) or before a slash (<c>delete/role_assignment</c>); CADF allows a bare verb.
/// </summary>
public static class ActionName
{
    private const int MaxVerbLength = 40;

    private static readonly FrozenDictionary<string, EventKind> Kinds = TsvResource.Rows("kinds.tsv").ToFrozenDictionary(
        row => row[0],
        row => EventKinds.TryParse(Encoding.ASCII.GetBytes(row[1]), out var kind)
            ? kind
            : throw new InvalidOperationException($"kinds.tsv has the unknown kind {row[1]}."));

    /// <summary>What an action does: by its last part, before a slash if it has one, else by its first part.</summary>
    public static EventKind KindOf(ReadOnlySpan<byte> action)
    {
        action = action.Trim((byte)' ');
        var last = action[(action.LastIndexOf((byte)'.') + 1)..];
        if (TryVerb(last, out var kind))
        {
            return kind;
        }

        var dot = action.IndexOf((byte)'.');
        return dot > 0 && TryVerb(action[..dot], out kind) ? kind : EventKind.Other;
    }

    /// <summary>Whether an action handles secrets, config maps or keys, of any service: its bodies hold secret material.</summary>
    public static bool HandlesSecrets(ReadOnlySpan<byte> action)
    {
        Span<byte> lower = stackalloc byte[256];
        if (action.Length > lower.Length || Ascii.ToLower(action, lower, out var length) != System.Buffers.OperationStatus.Done)
        {
            return true; // Nothing known is named like that: rather hide too much.
        }

        lower = lower[..length];
        // Three searches over a short text tell most actions apart; then whole parts are compared.
        return (lower.IndexOf("secret"u8) >= 0 || lower.IndexOf("configmap"u8) >= 0 || lower.IndexOf("key"u8) >= 0) && HasSecretPart(lower);
    }

    private static bool HasSecretPart(ReadOnlySpan<byte> action)
    {
        foreach (var range in action.SplitAny((byte)'.', (byte)'/'))
        {
            var part = action[range];
            if (part.SequenceEqual("secret"u8) || part.SequenceEqual("secrets"u8)
                || part.SequenceEqual("configmap"u8) || part.SequenceEqual("configmaps"u8)
                || part.SequenceEqual("key"u8) || part.SequenceEqual("keys"u8)
                || part.EndsWith("-secret"u8) || part.EndsWith("apikey"u8) || part.EndsWith("-key"u8)
                || part.SequenceEqual("apikeys"u8) || part.EndsWith("-keys"u8))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryVerb(ReadOnlySpan<byte> part, out EventKind kind)
    {
        kind = EventKind.Other;
        var slash = part.IndexOf((byte)'/');
        if (slash >= 0)
        {
            part = part[..slash];
        }

        Span<char> verb = stackalloc char[MaxVerbLength];
        if (part.Length is 0 or > MaxVerbLength || !Encoding.ASCII.TryGetChars(part, verb, out var length))
        {
            return false;
        }

        verb = verb[..length];
        foreach (ref var c in verb)
        {
            c = char.ToLowerInvariant(c);
        }

        return Kinds.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(verb, out kind);
    }
}
