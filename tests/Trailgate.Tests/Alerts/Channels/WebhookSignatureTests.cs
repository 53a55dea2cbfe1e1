using System.Text;
using System.Text.Json;
using Trailgate.Alerts.Channels;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Alerts.Channels;

public sealed class WebhookSignatureTests
{
    // From the test suites of the reference libraries (standard-webhooks/standard-webhooks, libraries/), and the last one
    // by: printf 'msg_empty.1614265330.' | openssl dgst -sha256 -mac HMAC -macopt hexkey:31f290f6... -binary | base64
    [Theory]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", 1649367553, "{\"email\":\"test@example.com\",\"username\":\"test_user\"}", "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_utf8", 1614265330, "{\"name\":\"Zoë € 😀\"}", "v1,1IMtcX8C1fb5n1CUjY3Y7SIDy9AtRcDX+uuNXavA6v0=")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_empty", 1614265330, "", "v1,za1CKH5Eq2VQZ+33R4AiRaBlqULcMRs1lL1rbBuq59U=")]
    public void Signatures_are_those_of_the_reference_libraries(string secret, string id, long timestamp, string body, string expected) =>
        Assert.Equal(expected, Sign(secret, id, timestamp, body));

    [Fact]
    public void All_published_vectors_are_met_where_they_are_at_hand()
    {
        if (VectorFile() is not { } file)
        {
            return;
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        foreach (var vector in document.RootElement.GetProperty("signing").EnumerateArray())
        {
            Assert.Equal(
                vector.GetProperty("signature").GetString(),
                Sign(
                    vector.GetProperty("secret").GetString() ?? "",
                    vector.GetProperty("id").GetString() ?? "",
                    vector.GetProperty("timestamp").GetInt64(),
                    vector.GetProperty("body").GetString() ?? ""));
        }
    }

    [Fact]
    public void While_a_secret_is_changed_both_sign_in_their_order() => Assert.Equal(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= "
            + Sign("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"),
        Sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw, whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
            "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("whsec_")]
    [InlineData("whsec_***")]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaQ=")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw whsec_short")]
    public void A_secret_that_is_not_whsec_and_at_least_24_bytes_is_refused(string? secret) =>
        Assert.False(WebhookSecrets.TryParse(secret, out _));

    [Theory]
    [InlineData(24, true)]
    [InlineData(64, true)]
    [InlineData(23, false)]
    [InlineData(65, false)]
    public void A_secret_has_24_to_64_bytes(int length, bool accepted) =>
        Assert.Equal(accepted, WebhookSecrets.TryParse($"whsec_{Convert.ToBase64String(new byte[length])}", out _));

    private static string Sign(string secret, string id, long timestamp, string body) =>
        WebhookSecrets.TryParse(secret, out var keys)
            ? WebhookSignature.Sign(keys, id, timestamp, Encoding.UTF8.GetBytes(body))
            : throw new InvalidDataException("The test's secret is none.");

    /// <summary>The vectors lie beside the repository, not in it.</summary>
    private static string? VectorFile()
    {
        var file = Path.Combine(SourceTree.Root, "..", "shared", "specs", "vectors", "standard-webhooks.json");
        return File.Exists(file) ? file : null;
    }
}
