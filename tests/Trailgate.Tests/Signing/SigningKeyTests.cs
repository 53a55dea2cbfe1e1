using System.Security.Cryptography;
using Trailgate.Signing;

namespace Trailgate.Tests.Signing;

public sealed class SigningKeyTests
{
    [Fact]
    public void A_key_is_read_from_PEM()
    {
        Assert.True(SigningKey.TryParse(Published.EcdsaPem, "audit.example.com/archive", out var keys, out _));

        Assert.Equal(Published.EcdsaKey, Assert.Single(keys).Verifier.ToString());
    }

    [Fact]
    public void A_key_whose_newlines_became_two_characters_on_the_way_is_read() =>
        Assert.True(SigningKey.TryParse(Published.EcdsaPem.Replace("\n", "\\n", StringComparison.Ordinal), "n", out _, out _));

    [Fact]
    public void Two_keys_are_read_in_their_order_and_parameters_passed_over()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        const string parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";

        Assert.True(SigningKey.TryParse(parameters + other.ExportECPrivateKeyPem() + "\n" + Published.EcdsaPem, "n", out var keys, out _));

        Assert.Equal(2, keys.Count);
        Assert.Equal(other.ExportSubjectPublicKeyInfoPem() + "\n", keys[0].Verifier.ToPem());
        Assert.Equal(Published.EcdsaKeyId, keys[1].Verifier.Id);
    }

    [Fact]
    public void A_key_under_a_passphrase_is_refused_with_what_to_do()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 10));

        Assert.Contains("passphrase", Problem(pem), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_under_a_passphrase_in_the_old_form_is_refused_too() =>
        Assert.Contains(
            "passphrase",
            Problem("-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END EC PRIVATE KEY-----\n"),
            StringComparison.Ordinal);

    [Fact]
    public void Keys_of_other_kinds_are_refused()
    {
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);

        Assert.Contains("P-256", Problem(curve.ExportPkcs8PrivateKeyPem()), StringComparison.Ordinal);
        Assert.Contains("P-256", Problem(rsa.ExportPkcs8PrivateKeyPem()), StringComparison.Ordinal);
        Assert.Contains("P-256", Problem(rsa.ExportRSAPrivateKeyPem()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_public_key_can_not_sign()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        Assert.Contains("something else than a private key", Problem(key.ExportSubjectPublicKeyInfoPem()), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_key_twice_is_refused() =>
        Assert.Contains("twice", Problem(Published.EcdsaPem + Published.EcdsaPem), StringComparison.Ordinal);

    [Fact]
    public void A_second_key_that_is_cut_off_is_refused() =>
        Assert.Contains("cut off", Problem(Published.EcdsaPem + Published.EcdsaPem[..80]), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("no key")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    public void What_is_no_key_is_refused(string pem) => Assert.NotEmpty(Problem(pem));

    [Fact]
    public void No_message_holds_anything_of_the_text()
    {
        var damaged = Published.EcdsaPem.Replace("MIGHAgEAMBMG", "MIGHAgEAMBMH", StringComparison.Ordinal);

        Assert.All([damaged, Published.EcdsaPem + damaged, Published.EcdsaPem[..100]], pem =>
            Assert.DoesNotContain("MIGH", Problem(pem), StringComparison.Ordinal));
    }

    [Fact]
    public void A_key_shows_nothing_of_its_private_half()
    {
        Assert.True(SigningKey.TryParse(Published.EcdsaPem, "n", out var keys, out _));

        Assert.Equal("n+13697fc1", keys[0].ToString());
    }

    [Fact]
    public void A_signature_is_of_DER_and_holds_by_the_platforms_own_check()
    {
        using var key = SigningKey.Create("n");
        using var platform = ECDsa.Create();
        platform.ImportFromPem(key.Verifier.ToPem());

        var signature = key.Sign("data"u8);

        Assert.True(platform.VerifyData("data"u8, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        Assert.False(platform.VerifyData("other"u8, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
    }

    [Fact]
    public void Many_threads_sign_with_one_key()
    {
        using var key = SigningKey.Create("n");
        var wrong = 0;

        Parallel.For(0, 400, i =>
        {
            if (!key.Verifier.Verify(BitConverter.GetBytes(i), key.Sign(BitConverter.GetBytes(i))))
            {
                Interlocked.Increment(ref wrong);
            }
        });

        Assert.Equal(0, wrong);
    }

    private static string Problem(string pem)
    {
        Assert.False(SigningKey.TryParse(pem, "n", out _, out var problem));
        return problem;
    }
}
