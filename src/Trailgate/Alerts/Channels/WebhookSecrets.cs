using System.Diagnostics.CodeAnalysis;

namespace Trailgate.Alerts.Channels;

/// <summary>The signing keys of a channel: one, or several while they are being changed (Standard Webhooks 1.0.0).</summary>
internal static class WebhookSecrets
{
    public const int MinBytes = 24;
    public const int MaxBytes = 64;

    private const string Prefix = "whsec_";
    private static readonly char[] Separators = [' ', ','];

    /// <summary>Reads <c>whsec_</c> secrets split by spaces or commas into the bytes that they stand for.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out IReadOnlyList<byte[]>? keys)
    {
        keys = null;
        var parsed = new List<byte[]>();
        Span<byte> key = stackalloc byte[MaxBytes];
        foreach (var secret in (text ?? "").Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!secret.StartsWith(Prefix, StringComparison.Ordinal)
                || !Convert.TryFromBase64String(secret[Prefix.Length..], key, out var length)
                || length < MinBytes)
            {
                return false;
            }

            parsed.Add(key[..length].ToArray());
        }

        keys = parsed;
        return parsed.Count > 0;
    }
}
