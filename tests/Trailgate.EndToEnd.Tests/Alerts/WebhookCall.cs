using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Trailgate.EndToEnd.Tests.Alerts;

/// <summary>A request to a webhook.</summary>
internal sealed record WebhookCall(string Method, string Path, string Id, string Timestamp, string Signature, byte[] Body)
{
    /// <summary>When it was there whole, by the system's timestamps.</summary>
    public required long ArrivedAt { get; init; }

    /// <summary>When its answer was about to be sent; null before that.</summary>
    public long? AnsweredAt { get; set; }

    /// <summary>What it tells.</summary>
    public string Type => Read(root => root.GetProperty("type").GetString()!);

    /// <summary>How many alerts it tells of.</summary>
    public long Count => Read(root => root.GetProperty("data").TryGetProperty("count", out var count) ? count.GetInt64() : 1);

    /// <summary>The rule that was met.</summary>
    public string Rule => Read(root => root.GetProperty("data").GetProperty("rule").GetString()!);

    /// <summary>The correlation id of the event that met it.</summary>
    public string CorrelationId => Read(root => root.GetProperty("data").GetProperty("event").GetProperty("correlationId").GetString()!);

    /// <summary>
    /// Checks it as a receiver must by Standard Webhooks 1.0.0: HMAC-SHA256 under the secret's bytes, over id, time and
    /// body joined by full stops, as one of the signatures of version v1; and a time that was now when it came.
    /// </summary>
    public void AssertSigned(byte[] secret)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes(Id), (byte)'.', .. Encoding.UTF8.GetBytes(Timestamp), (byte)'.', .. Body];
        var expected = $"v1,{Convert.ToBase64String(HMACSHA256.HashData(secret, signed))}";

        Assert.Equal(("POST", "/hook"), (Method, Path));
        Assert.NotEmpty(Id);
        Assert.Contains(expected, Signature.Split(' '));
        var age = TimeProvider.System.GetUtcNow() - TimeProvider.System.GetElapsedTime(ArrivedAt) - DateTimeOffset.FromUnixTimeSeconds(long.Parse(Timestamp, CultureInfo.InvariantCulture));
        Assert.InRange(age, TimeSpan.FromMinutes(-5), TimeSpan.FromMinutes(5));
    }

    private T Read<T>(Func<JsonElement, T> read)
    {
        using var document = JsonDocument.Parse(Body);
        return read(document.RootElement);
    }
}
