using System.Security.Cryptography;
using Trailgate.Signing;

namespace Trailgate.Tests.Signing;

public sealed class VerifierKeyTests
{
    [Fact]
    public void The_text_form_is_read_and_written_as_it_came()
    {
        Assert.True(VerifierKey.TryParse(Published.EcdsaKey, out var key, out _));

        Assert.Equal(("audit.example.com/archive", Published.EcdsaKeyId), (key.Name, key.Id));
        Assert.Equal(Published.EcdsaKey, key.ToString());
    }

    [Fact]
    public void The_key_id_of_an_ecdsa_key_is_the_begin_of_the_hash_of_its_public_key()
    {
        Assert.True(VerifierKey.TryParse(Published.EcdsaKey, out var key, out _));

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Convert.FromBase64String(Published.EcdsaSpki))), key.Fingerprint);
        Assert.StartsWith("13697fc1", key.Fingerprint, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_changed_character_of_the_text_form_is_seen()
    {
        for (var i = "audit.example.com/archive".Length; i < Published.EcdsaKey.Length; i++)
        {
            foreach (var other in "A0f+=/ ")
            {
                var changed = Published.EcdsaKey.ToCharArray();
                if (changed[i] != other)
                {
                    changed[i] = other;
                    Assert.False(VerifierKey.TryParse(changed, out _, out _), $"{other} at {i}");
                }
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("name")]
    [InlineData("name+")]
    [InlineData("name+12345678")]
    [InlineData("name+12345678+")]
    [InlineData("+12345678+AgAA")]
    [InlineData("a name+13697fc1+AgAA")]
    [InlineData("name+13697fc1+not base64")]
    [InlineData("name+13697fc1+Ag==")]
    public void What_is_no_verifier_key_is_not_read_as_one(string text)
    {
        Assert.False(VerifierKey.TryParse(text, out var key, out var problem));

        Assert.Null(key);
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void A_key_of_another_kind_is_refused_by_its_kind()
    {
        Assert.False(VerifierKey.TryParse(Published.ExampleKey, out _, out var problem));

        Assert.Contains("of the kind 2, ECDSA", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_point_that_is_not_on_the_curve_is_no_key()
    {
        var spki = Convert.FromBase64String(Published.EcdsaSpki);
        spki[^1] ^= 1;
        var id = Convert.ToHexStringLower(SHA256.HashData(spki))[..8];

        Assert.False(VerifierKey.TryParse($"name+{id}+{Convert.ToBase64String([2, .. spki])}", out _, out var problem));
        Assert.Contains("P-256", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_public_key_in_PEM_is_the_same_key_without_a_name()
    {
        Assert.True(VerifierKey.TryParse(Published.EcdsaKey, out var key, out _));
        var pem = key.ToPem();

        Assert.True(VerifierKey.TryParsePem(pem, name: null, out var read, out _));

        Assert.Equal((null, key.Id, key.Fingerprint), (read.Name, read.Id, read.Fingerprint));
        using var platform = ECDsa.Create();
        platform.ImportFromPem(pem);
        Assert.Equal(Published.EcdsaSpki, Convert.ToBase64String(platform.ExportSubjectPublicKeyInfo()));
    }

    [Fact]
    public void A_private_key_given_as_a_public_one_is_refused_without_showing_it()
    {
        Assert.False(VerifierKey.TryParsePem(Published.EcdsaPem, name: null, out _, out var problem));

        Assert.Contains("private key", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("MIGH", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_public_key_on_another_curve_is_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);

        Assert.False(VerifierKey.TryParsePem(other.ExportSubjectPublicKeyInfoPem(), name: null, out _, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("3006020101020101")]
    [InlineData("00000000000000000000")]
    public void Bytes_that_are_no_signature_do_not_verify_and_do_not_throw(string hex)
    {
        Assert.True(VerifierKey.TryParse(Published.EcdsaKey, out var key, out _));

        Assert.False(key.Verify("text"u8, Convert.FromHexString(hex)));
    }
}
