using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace Trailgate.Normalize;

/// <summary>What a member's name tells about its value.</summary>
[Flags]
internal enum Traits : ushort
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

    /// <summary>The value may be such a name.</summary>
    PairName = 16,

    /// <summary>A word that prose and scopes use as well (<c>secret: not found</c>): in a text it takes more to make it a secret.</summary>
    Weak = 32,

    /// <summary>The value has blanks in it, and in a text goes to the end of the line: a header.</summary>
    WholeLine = 64,

    /// <summary>A secret where it stands in the query of a URL.</summary>
    Query = 128,

    /// <summary>An object under it may describe secrets beside holding them: <c>{"secret":{"secretName":"db"}}</c>, a list of API keys.</summary>
    Group = 256,

    /// <summary>In an object of <c>"kind":"Secret"</c> the value is secret material.</summary>
    KindMaterial = 512,
}

/// <summary>
/// Tells the traits of names. Upper and lower case, hyphens, underscores, dots and blanks do not matter
/// (<c>Api-Key</c> = <c>api_key</c> = <c>apiKey</c>). Names repeat from event to event, so answers are kept in a small
/// table by hash, without locks: an entry is one word.
/// </summary>
internal sealed class NameTraits
{
    private const int TableSize = 4096;

    /// <summary>Entries that one hash can lie in: names that come again and again do not drive one another out.</summary>
    private const int Ways = 4;

    /// <summary>An entry has the traits in its lower bits, and the hash above.</summary>
    private const ulong TraitBits = 0xFFFF;

    private static readonly FrozenSet<string> MaterialNames = FrozenSet.ToFrozenSet(
        ["data", "stringdata", "binarydata", "payload", "value", "values", "content", "contents", "material", "plaintext", "ciphertext", "literal", "literals", "lastappliedconfiguration", "kubectlkubernetesiolastappliedconfiguration"]);

    private static readonly FrozenSet<string> PairedValueNames = FrozenSet.ToFrozenSet(
        ["value", "values", "val", "newvalue", "oldvalue", "currentvalue", "defaultvalue", "headervalue", "rawvalue", "content", "data", "v"]);

    private static readonly FrozenSet<string> PairNames = FrozenSet.ToFrozenSet(
        ["name", "key", "header", "headername", "field", "fieldname", "attribute", "attributename", "variable", "parameter", "parametername",
         "property", "option", "setting", "label", "path", "k", "keyname", "envname"]);

    private static readonly string[] SecretEndings =
        ["password", "passwd", "passphrase", "passcode", "pwd", "apikey", "privatekey", "secret", "accesskey", "secretkey",
         "connectionstring", "token", "hmackey", "encryptionkey", "signingkey", "sharedkey", "accountkey", "subscriptionkey", "functionskey",
         "privatekeydata", "clientkeydata", "proxyauthorization"];

    private static readonly FrozenSet<string> SecretNames = FrozenSet.ToFrozenSet(
        ["authorization", "cookie", "setcookie", "sshkey", "masterkey", "dockerconfigjson", "dockercfg", "htpasswd", "xauth", "otp", "totp", "storagekey", "sharedaccesssignature"]);

    /// <summary>What is put behind a secret's name and leaves it a secret: <c>passwordHash</c>, <c>old_token_value</c>, <c>password2</c>.</summary>
    private static readonly string[] Additions =
        ["value", "hash", "hashed", "text", "plain", "plaintext", "cleartext", "base64", "b64", "encoded", "encrypted", "enc", "new", "old", "current", "previous",
         "confirm", "confirmation", "confirmed", "repeat", "again", "data", "raw", "string", "header", "digest", "md5", "sha256", "s",
         "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    /// <summary>They end like secrets, but page through a list, count, or name a secret that is kept elsewhere.</summary>
    private static readonly FrozenSet<string> HarmlessNames = FrozenSet.ToFrozenSet(
        ["nextpagetoken", "pagetoken", "continuetoken", "continuationtoken", "nexttoken", "synctoken", "maxtokens", "totaltokens", "prompttokens",
         "completiontokens", "inputtokens", "outputtokens", "imagepullsecret", "imagepullsecrets", "pullsecret", "pullsecrets", "existingsecret"]);

    private static readonly FrozenSet<string> WeakNames = FrozenSet.ToFrozenSet(["secret", "secrets", "token", "tokens", "authorization", "cookie"]);

    private static readonly FrozenSet<string> GroupNames = FrozenSet.ToFrozenSet(
        ["secret", "secrets", "token", "tokens", "apikey", "apikeys", "accesskey", "accesskeys", "sshkey", "sshkeys"]);

    private static readonly FrozenSet<string> WholeLineNames = FrozenSet.ToFrozenSet(["authorization", "proxyauthorization", "cookie", "setcookie"]);

    private static readonly FrozenSet<string> QueryNames = FrozenSet.ToFrozenSet(
        ["sig", "signature", "xamzsignature", "xgoogsignature", "code", "key", "auth", "jwt", "pass", "pw", "sas"]);

    private static readonly FrozenSet<string> KindMaterialNames = FrozenSet.ToFrozenSet(["data", "stringdata", "binarydata"]);

    private static readonly string[] DescriptiveEndings =
        ["id", "name", "type", "state", "status", "date", "time", "timestamp", "createdat", "updatedat", "createdby", "crn", "uri", "url", "href", "version", "kind",
         "verb", "action", "method", "format", "statuscode", "reasoncode", "errorcode", "region", "location", "namespace", "reason", "path", "ring", "algorithm"];

    // Chosen at random in each process, so that nobody can prepare two names that share an entry.
    private readonly ulong _seed = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));
    private readonly ulong[] _table = new ulong[TableSize];
    private readonly FrozenSet<string> _extraSecrets;

    /// <param name="extraSecretNames">More names whose values are secrets, from the settings.</param>
    public NameTraits(IEnumerable<string> extraSecretNames) =>
        _extraSecrets = extraSecretNames.Select(name => Simplify(Encoding.UTF8.GetBytes(name))).ToFrozenSet();

    /// <summary>Whether the settings name more secrets than are known here.</summary>
    public bool HasExtraSecrets => _extraSecrets.Count > 0;

    /// <summary>A hash that tells names of one object apart and finds their traits.</summary>
    public ulong Hash(ReadOnlySpan<byte> name)
    {
        var hash = _seed ^ (ulong)name.Length;
        if (name.Length < 8)
        {
            return Mix(hash ^ Short(name));
        }

        for (var rest = name; rest.Length > 8; rest = rest[8..])
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(rest));
        }

        // The last eight bytes, some of them perhaps once more.
        return Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(name[^8..]));
    }

    private static ulong Short(ReadOnlySpan<byte> name) => name.Length switch
    {
        0 => 0,
        < 4 => name[0] | ((ulong)name[name.Length / 2] << 8) | ((ulong)name[^1] << 16),
        _ => BinaryPrimitives.ReadUInt32LittleEndian(name) | ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(name[^4..]) << 32),
    };

    /// <summary>The traits of an unescaped name.</summary>
    public Traits Of(ReadOnlySpan<byte> name, ulong hash)
    {
        var set = _table.AsSpan((int)(hash >> 16) & (TableSize - Ways), Ways);
        foreach (ref var entry in set)
        {
            var known = Volatile.Read(ref entry);
            if (((known ^ hash) & ~TraitBits) == 0)
            {
                return (Traits)(known & TraitBits);
            }
        }

        var traits = Derive(Simplify(name));
        var free = set.IndexOf(0UL);
        // Which one makes room is as good as random: the bits are in no other use.
        Volatile.Write(ref set[free >= 0 ? free : (int)(hash >> 60) & (Ways - 1)], (hash & ~TraitBits) | (ulong)traits);
        return traits;
    }

    /// <summary>Whether a text, used as a name, names a secret: <c>DB_PASSWORD</c>.</summary>
    public bool IsSecret(ReadOnlySpan<byte> name) => Of(name, Hash(name)).HasFlag(Traits.Secret);

    private Traits Derive(string name)
    {
        var traits = Traits.None;
        if (_extraSecrets.Contains(name) || IsSecretName(name))
        {
            traits |= Traits.Secret;
        }

        if (MaterialNames.Contains(name))
        {
            traits |= Traits.Material;
        }
        else if (DescriptiveEndings.Any(ending => name.EndsWith(ending, StringComparison.Ordinal)) || name is "code")
        {
            traits |= Traits.Descriptive;
        }

        return traits
            | (PairedValueNames.Contains(name) ? Traits.PairedValue : Traits.None)
            | (PairNames.Contains(name) ? Traits.PairName : Traits.None)
            | (WeakNames.Contains(name) ? Traits.Weak : Traits.None)
            | (WholeLineNames.Contains(name) ? Traits.WholeLine : Traits.None)
            | (QueryNames.Contains(name) ? Traits.Query : Traits.None)
            | (KindMaterialNames.Contains(name) ? Traits.KindMaterial : Traits.None)
            | (GroupNames.Contains(name) ? Traits.Group : Traits.None);
    }

    private static bool IsSecretName(string name)
    {
        while (!HarmlessNames.Contains(name))
        {
            if (SecretNames.Contains(name) || SecretEndings.Any(ending => name.EndsWith(ending, StringComparison.Ordinal)))
            {
                return true;
            }

            if (Additions.FirstOrDefault(addition => name.Length > addition.Length && name.EndsWith(addition, StringComparison.Ordinal)) is not { } added)
            {
                return false;
            }

            name = name[..^added.Length];
        }

        return false;
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
