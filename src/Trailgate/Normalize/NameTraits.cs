using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace Trailgate.Normalize;

/// <summary>What a member's name tells about its value.</summary>
[Flags]
internal enum Traits : byte
{
    None = 0,

    /// <summary>The value is a secret: password, token, private_key and the like.</summary>
    Secret = 1,

    /// <summary>In the body of a secret or key, the value is the secret material itself: data, stringData, payload.</summary>
    Material = 2,

    /// <summary>In the body of a secret or key, the value only names or describes: id, name, type, state.</summary>
    Descriptive = 4,

    /// <summary>The value belongs to a name that stands in a member beside it: <c>{"name":"PASSWORD","value":"x"}</c>.</summary>
    PairedValue = 8,
}

/// <summary>
/// Tells the traits of names. Upper and lower case, hyphens, underscores, dots and blanks do not matter
/// (<c>Api-Key</c> = <c>api_key</c> = <c>apiKey</c>). Names repeat from event to event, so answers are kept in a small
/// table by hash, without locks: an entry is one word.
/// </summary>
internal sealed class NameTraits
{
    private const int TableSize = 4096;

    private static readonly FrozenSet<string> MaterialNames = FrozenSet.ToFrozenSet(
        ["data", "stringdata", "binarydata", "payload", "value", "values", "content", "contents", "material", "plaintext", "ciphertext", "literal", "literals", "lastappliedconfiguration", "kubectlkubernetesiolastappliedconfiguration"]);

    private static readonly FrozenSet<string> PairedValueNames = FrozenSet.ToFrozenSet(["value", "values"]);

    private static readonly string[] SecretEndings =
        ["password", "passwd", "passphrase", "apikey", "privatekey", "clientsecret", "accesskey", "secretkey", "secretaccesskey",
         "connectionstring", "token", "hmackey", "encryptionkey", "signingkey", "sharedkey", "accountkey"];

    private static readonly FrozenSet<string> SecretNames = FrozenSet.ToFrozenSet(
        ["pwd", "secret", "authorization", "proxyauthorization", "cookie", "setcookie", "sshkey", "masterkey", "dockerconfigjson", "htpasswd", "xauth"]);

    /// <summary>They end in "token", but page through a list.</summary>
    private static readonly FrozenSet<string> HarmlessTokens = FrozenSet.ToFrozenSet(
        ["nextpagetoken", "pagetoken", "continuetoken", "nexttoken", "synctoken"]);

    private static readonly string[] DescriptiveEndings =
        ["id", "name", "type", "state", "status", "date", "time", "createdat", "updatedat", "createdby", "crn", "uri", "url", "href", "version", "kind",
         "verb", "action", "method", "format", "code", "region", "location", "namespace", "reason", "path", "ring", "algorithm"];

    // Chosen at random in each process, so that nobody can prepare two names that share an entry.
    private readonly ulong _seed = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));
    private readonly ulong[] _table = new ulong[TableSize];
    private readonly FrozenSet<string> _extraSecrets;

    /// <param name="extraSecretNames">More names whose values are secrets, from the settings.</param>
    public NameTraits(IEnumerable<string> extraSecretNames) =>
        _extraSecrets = extraSecretNames.Select(name => Simplify(Encoding.UTF8.GetBytes(name))).ToFrozenSet();

    /// <summary>A hash that tells names of one object apart and finds their traits.</summary>
    public ulong Hash(ReadOnlySpan<byte> name)
    {
        var hash = _seed ^ (ulong)name.Length;
        while (name.Length >= 8)
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(name));
            name = name[8..];
        }

        ulong rest = 0;
        for (var i = 0; i < name.Length; i++)
        {
            rest |= (ulong)name[i] << (i * 8);
        }

        return Mix(hash ^ rest);
    }

    /// <summary>The traits of an unescaped name.</summary>
    public Traits Of(ReadOnlySpan<byte> name, ulong hash)
    {
        const ulong TraitBits = 0xFF;
        ref var entry = ref _table[(hash >> 8) & (TableSize - 1)];
        var known = Volatile.Read(ref entry);
        if ((known & ~TraitBits) == (hash & ~TraitBits))
        {
            return (Traits)(known & TraitBits);
        }

        var traits = Derive(Simplify(name));
        Volatile.Write(ref entry, (hash & ~TraitBits) | (ulong)traits);
        return traits;
    }

    /// <summary>Whether a text, used as a name, names a secret: <c>DB_PASSWORD</c>.</summary>
    public bool IsSecret(ReadOnlySpan<byte> name) => Of(name, Hash(name)).HasFlag(Traits.Secret);

    private Traits Derive(string name)
    {
        var traits = Traits.None;
        if (_extraSecrets.Contains(name) || SecretNames.Contains(name)
            || (!HarmlessTokens.Contains(name) && SecretEndings.Any(ending => name.EndsWith(ending, StringComparison.Ordinal))))
        {
            traits |= Traits.Secret;
        }

        if (MaterialNames.Contains(name))
        {
            traits |= Traits.Material;
        }
        else if (DescriptiveEndings.Any(ending => name.EndsWith(ending, StringComparison.Ordinal)))
        {
            traits |= Traits.Descriptive;
        }

        return PairedValueNames.Contains(name) ? traits | Traits.PairedValue : traits;
    }

    private static string Simplify(ReadOnlySpan<byte> name)
    {
        var simple = new StringBuilder(name.Length);
        foreach (var c in Encoding.UTF8.GetString(name))
        {
            if (char.IsLetterOrDigit(c))
            {
                simple.Append(char.ToLowerInvariant(c));
            }
        }

        return simple.ToString();
    }

    private static ulong Mix(ulong value)
    {
        value *= 0x9E3779B97F4A7C15;
        return value ^ (value >> 29);
    }
}
