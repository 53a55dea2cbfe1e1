using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace Trailgate.Signing;

/// <summary>
/// A public key that signatures of notes are checked with: ECDSA over P-256 with SHA-256. Its text form is that of C2SP
/// signed notes, <c>name+keyid+base64(0x02 || SubjectPublicKeyInfo)</c>. Safe to use from several threads.
/// </summary>
public sealed class VerifierKey : IEquatable<VerifierKey>
{
    /// <summary>The type of signature in the text form: ECDSA.</summary>
    internal const byte EcdsaType = 2;

    private const string PemLabel = "PUBLIC KEY";
    private const int IdDigits = 8;
    private const int PointLength = 65;

    private readonly byte[] _spki;

    private VerifierKey(string? name, byte[] spki)
    {
        _spki = spki;
        Name = name;
        Id = IdOf(spki);
    }

    /// <summary>The name that signature lines carry; null when it is not known (the key came as PEM), then every name will do.</summary>
    public string? Name { get; }

    /// <summary>The first four bytes of the SHA-256 of the key, in their order: a hint which key to try, no proof.</summary>
    public uint Id { get; }

    /// <summary>The whole SHA-256 of the key's SubjectPublicKeyInfo, hexadecimal: what people compare over the telephone.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(_spki));

    // SubjectPublicKeyInfo of an uncompressed P-256 point, up to the point: SEQUENCE { SEQUENCE { ecPublicKey, prime256v1 }, BIT STRING }.
    private static ReadOnlySpan<byte> SpkiStart =>
    [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
        0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
    ];

    /// <summary>Whether a text can name a key: not empty, at most 200 characters, without spaces, control characters and plus signs.</summary>
    public static bool IsValidName(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > 200)
        {
            return false;
        }

        foreach (var character in name)
        {
            if (character == '+' || char.IsWhiteSpace(character) || char.IsControl(character))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads the text form.</summary>
    /// <param name="text">The text, without white space around it.</param>
    /// <param name="key">The key.</param>
    /// <param name="problem">Why it is none, as the end of a sentence that names the place.</param>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out VerifierKey? key, [NotNullWhen(false)] out string? problem)
    {
        key = null;
        var plus = text.IndexOf('+');
        if (plus < 0 || !IsValidName(text[..plus]) || text.Length < plus + IdDigits + 2 || text[plus + 1 + IdDigits] != '+')
        {
            problem = "is no verifier key, which reads NAME+KEYID+BASE64";
            return false;
        }

        var bytes = new byte[1 + SpkiStart.Length + PointLength + 3];
        if (!Convert.TryFromBase64Chars(text[(plus + IdDigits + 2)..], bytes, out var length) || length == 0)
        {
            problem = "is no verifier key: what follows its key id is not the Base64 of an ECDSA key";
            return false;
        }

        if (bytes[0] != EcdsaType)
        {
            problem = "is a key of a kind that Trailgate does not use; it must be of the kind 2, ECDSA over P-256";
            return false;
        }

        if (!TryFromSpki(text[..plus].ToString(), bytes.AsSpan(1, length - 1), out var found))
        {
            problem = "holds no public key on the curve P-256";
            return false;
        }

        if (!uint.TryParse(text.Slice(plus + 1, IdDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id) || id != found.Id)
        {
            problem = "has a key id that is not the one of its key: a character was changed";
            return false;
        }

        // Several texts can stand for the same bytes (upper-case digits, loose bits in Base64); only ours is accepted.
        if (!text.SequenceEqual(found.ToString()))
        {
            problem = "is not written as a verifier key is: lower-case key id, plain Base64";
            return false;
        }

        (key, problem) = (found, null);
        return true;
    }

    /// <summary>Reads one PEM block of a public key, as OpenSSL writes it.</summary>
    /// <param name="pem">The block.</param>
    /// <param name="name">The key's name, or null for any.</param>
    /// <param name="key">The key.</param>
    /// <param name="problem">Why it is none, as the end of a sentence that names the place.</param>
    public static bool TryParsePem(ReadOnlySpan<char> pem, string? name, [NotNullWhen(true)] out VerifierKey? key, [NotNullWhen(false)] out string? problem)
    {
        (key, problem) = (null, "holds no public key on the curve P-256");
        if (!PemEncoding.TryFind(pem, out var fields))
        {
            return false;
        }

        if (pem[fields.Label].Contains("PRIVATE", StringComparison.Ordinal))
        {
            problem = "holds a private key, which nobody but the signer needs; 'trailgate key show' prints the public one";
            return false;
        }

        var bytes = new byte[fields.DecodedDataLength];
        if (pem[fields.Label] is PemLabel
            && Convert.TryFromBase64Chars(pem[fields.Base64Data], bytes, out _)
            && TryFromSpki(name, bytes, out key))
        {
            problem = null;
            return true;
        }

        return false;
    }

    /// <summary>Whether a DER signature over data is of this key.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        // Imported each time: ECDsa promises nothing about threads, and holds what must be disposed of.
        using var algorithm = Import(_spki);
        try
        {
            return algorithm.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            // Bytes that are no DER at all; which ones throw and which ones are just wrong depends on the platform.
            return false;
        }
    }

    /// <summary>The key as a PEM block with its newline, for OpenSSL and the like.</summary>
    public string ToPem() => PemEncoding.WriteString(PemLabel, _spki) + "\n";

    /// <summary>The text form; a key without a name has none, and shows its key id alone.</summary>
    public override string ToString() =>
        Name is null ? IdText(Id) : $"{Name}+{IdText(Id)}+{Convert.ToBase64String([EcdsaType, .. _spki])}";

    /// <inheritdoc />
    public bool Equals(VerifierKey? other) => other is not null && Name == other.Name && _spki.AsSpan().SequenceEqual(other._spki);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as VerifierKey);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Name, Id);

    /// <summary>A key id as people see it: eight hexadecimal digits.</summary>
    public static string IdText(uint id) => id.ToString("x8", CultureInfo.InvariantCulture);

    /// <summary>The public half of a key.</summary>
    /// <exception cref="CryptographicException">The key is not on P-256.</exception>
    internal static VerifierKey Of(ECDsa key, string? name) => TryFromSpki(name, key.ExportSubjectPublicKeyInfo(), out var found)
        ? found
        : throw new CryptographicException("The key is not on the curve P-256.");

    private static uint IdOf(ReadOnlySpan<byte> spki) => BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(spki));

    private static bool TryFromSpki(string? name, ReadOnlySpan<byte> spki, [NotNullWhen(true)] out VerifierKey? key)
    {
        key = null;
        if (spki.Length != SpkiStart.Length + PointLength || !spki.StartsWith(SpkiStart))
        {
            return false;
        }

        try
        {
            using var _ = Import(spki);
        }
        catch (CryptographicException)
        {
            return false; // a point that is not on the curve
        }

        key = new VerifierKey(name, spki.ToArray());
        return true;
    }

    private static ECDsa Import(ReadOnlySpan<byte> spki)
    {
        var algorithm = ECDsa.Create();
        try
        {
            algorithm.ImportSubjectPublicKeyInfo(spki, out _);
            return algorithm;
        }
        catch
        {
            algorithm.Dispose();
            throw;
        }
    }
}
