using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Trailgate.Alerts.Channels;

/// <summary>Signs as Standard Webhooks 1.0.0 says, version v1: HMAC-SHA256 over id, time and the body's bytes as sent.</summary>
internal static class WebhookSignature
{
    /// <summary>The value of <c>webhook-signature</c>: one signature for each key, split by spaces.</summary>
    /// <param name="keys">The keys' bytes, at least one.</param>
    /// <param name="id">The value of <c>webhook-id</c>; it holds no full stop.</param>
    /// <param name="timestamp">The value of <c>webhook-timestamp</c>: when this try is made, in Unix seconds.</param>
    /// <param name="body">The body as it is sent.</param>
    public static string Sign(IReadOnlyList<byte[]> keys, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}."));
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var signatures = new string[keys.Count];
        for (var i = 0; i < signatures.Length; i++)
        {
            using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, keys[i]);
            hmac.AppendData(head);
            hmac.AppendData(body);
            hmac.GetHashAndReset(hash);
            signatures[i] = $"v1,{Convert.ToBase64String(hash)}";
        }

        return string.Join(' ', signatures);
    }
}
