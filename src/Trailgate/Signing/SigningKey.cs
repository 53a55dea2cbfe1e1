using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Trailgate.Signing;

/// <summary>A private key that notes are signed with: ECDSA over P-256 with SHA-256. Safe to use from several threads.</summary>
public sealed class SigningKey : IDisposable
{
    private const string PlainLabel = "PRIVATE KEY";
    private const string EcLabel = "EC PRIVATE KEY";

    // ECDsa promises nothing about threads, and a lock would put all signers in a row.
    private readonly ThreadLocal<ECDsa> _algorithm;
    private readonly ECDsa _key;

    private SigningKey(ECDsa key, VerifierKey verifier, string name)
    {
        _key = key;
        _algorithm = new ThreadLocal<ECDsa>(Copy, trackAllValues: true);
        Verifier = verifier;
        Name = name;
    }

    /// <summary>What signature lines say who signed.</summary>
    public string Name { get; }

    /// <summary>The public half.</summary>
    public VerifierKey Verifier { get; }

    /// <summary>Makes a key.</summary>
    public static SigningKey Create(string name)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new SigningKey(key, VerifierKey.Of(key, name), name);
    }

    /// <summary>
    /// Reads all private keys of a PEM text, the one that counts first. A text has one key, or two while keys are being
    /// changed; parameters (as OpenSSL's <c>ecparam</c> writes them) are passed over.
    /// </summary>
    /// <param name="pem">The text. Where newlines got lost on the way, as in environment files, <c>\n</c> stands for one.</param>
    /// <param name="name">The name of all of them.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="problem">What is wrong, as the end of a sentence that names the setting. It never holds anything of the text.</param>
    public static bool TryParse(string pem, string name, [NotNullWhen(true)] out IReadOnlyList<SigningKey>? keys, [NotNullWhen(false)] out string? problem)
    {
        var found = new List<SigningKey>();
        var rest = (pem.Contains('\n', StringComparison.Ordinal) ? pem : pem.Replace("\\n", "\n", StringComparison.Ordinal)).AsSpan();
        problem = null;
        while (problem is null && PemEncoding.TryFind(rest, out var block))
        {
            problem = TryParseBlock(rest[block.Location], rest[block.Label], name, out var key);
            if (key is not null && found.Exists(other => other.Verifier.Equals(key.Verifier)))
            {
                key.Dispose();
                problem = "holds the same key twice";
            }
            else if (key is not null)
            {
                found.Add(key);
            }

            rest = rest[block.Location.End..];
        }

        problem ??= LeftOver(rest, found.Count);
        if (problem is null)
        {
            keys = found;
            return true;
        }

        found.ForEach(static key => key.Dispose());
        keys = null;
        return false;
    }

    /// <summary>Signs data.</summary>
    /// <returns>The signature in DER.</returns>
    public byte[] Sign(ReadOnlySpan<byte> data) =>
        _algorithm.Value!.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence); // never null: see the factory

    /// <summary>The private key as a PEM block with its newline. For the key file alone.</summary>
    internal string ToPem() => _key.ExportPkcs8PrivateKeyPem() + "\n";

    /// <summary>The name and the public key's id; nothing of the private key.</summary>
    public override string ToString() => $"{Name}+{VerifierKey.IdText(Verifier.Id)}";

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var copy in _algorithm.Values)
        {
            copy.Dispose();
        }

        _algorithm.Dispose();
        _key.Dispose();
    }

    private ECDsa Copy()
    {
        lock (_key)
        {
            return ECDsa.Create(_key.ExportParameters(includePrivateParameters: true));
        }
    }

    private static string? TryParseBlock(ReadOnlySpan<char> pem, ReadOnlySpan<char> label, string name, out SigningKey? key)
    {
        key = null;
        switch (label)
        {
            case "EC PARAMETERS":
                return null;
            case "ENCRYPTED PRIVATE KEY":
                return "holds a key under a passphrase, which a server can not ask for; write it without one, into a file that only its user reads ('openssl pkey -in FILE -out NEW')";
            case PlainLabel or EcLabel:
                return TryImport(pem, name, out key);
            default:
                return label.Contains("PRIVATE KEY", StringComparison.Ordinal)
                    ? "holds a private key of another kind; it must be an ECDSA key on the curve P-256 ('trailgate key new FILE' makes one)"
                    : "holds something else than a private key; 'trailgate key new FILE' makes one";
        }
    }

    private static string? TryImport(ReadOnlySpan<char> pem, string name, out SigningKey? key)
    {
        key = null;
        var algorithm = ECDsa.Create();
        try
        {
            algorithm.ImportFromPem(pem);
            key = new SigningKey(algorithm, VerifierKey.Of(algorithm, name), name);
            return null;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or PlatformNotSupportedException)
        {
            // Their words may hold parts of what was read.
            algorithm.Dispose();
            return "holds no ECDSA key on the curve P-256 ('trailgate key new FILE' makes one)";
        }
    }

    private static string? LeftOver(ReadOnlySpan<char> rest, int found) => rest switch
    {
        // PEM of OpenSSL before 1.0: headers inside the block, which no reader of plain PEM takes for one.
        _ when rest.Contains("ENCRYPTED", StringComparison.Ordinal) =>
            "holds a key under a passphrase, which a server can not ask for; write it without one, into a file that only its user reads ('openssl pkey -in FILE -out NEW')",
        _ when rest.Contains("-----BEGIN", StringComparison.Ordinal) => "holds a PEM block that is damaged or cut off",
        _ when found == 0 => "holds no private key in PEM; 'trailgate key new FILE' makes one",
        _ => null,
    };
}
