using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Trailgate.Hosting;

/// <summary>
/// Checks the access key of a request. Only hashes are known here, and every one is compared whatever the others said,
/// so that the time of an answer tells nothing.
/// </summary>
public sealed class AccessKeys
{
    /// <summary>The header of Azure Functions.</summary>
    public const string KeyHeader = "x-functions-key";

    /// <summary>Longest key that is looked at, in characters; ours have 53.</summary>
    public const int MaxKeyLength = 1024;

    private const string BearerPrefix = "Bearer ";

    private static readonly Problem Missing = new(
        StatusCodes.Status401Unauthorized, "key-missing", "An access key is needed",
        $"Send a key in the header {KeyHeader}, or as Authorization: Bearer.");

    private static readonly Problem Ambiguous = new(
        StatusCodes.Status401Unauthorized, "key-ambiguous", "More than one access key was sent",
        $"Send one key, once: either in the header {KeyHeader} or as Authorization: Bearer.");

    private static readonly Problem Wrong = new(
        StatusCodes.Status401Unauthorized, "key-unknown", "The access key is not known",
        "No configured key has this value. Check that the whole key was sent and that its hash stands in Trailgate:Keys.");

    private readonly Key[] _keys;

    /// <summary>Reads the keys.</summary>
    /// <exception cref="OptionsValidationException">A key's settings are wrong.</exception>
    public AccessKeys(IOptions<AccessOptions> options)
    {
        _keys = [.. options.Value.Keys
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => new Key(pair.Key, ReadHash(pair.Value), ReadScopes(pair.Value), pair.Value.Store))];
    }

    /// <summary>Whether there is no key at all: then every route is open, to loopback only.</summary>
    public bool IsEmpty => _keys.Length == 0;

    /// <summary>The names of the keys with what they permit, for people.</summary>
    public IEnumerable<(string Name, Scopes Scopes)> Names => _keys.Select(key => (key.Name, key.Scopes));

    /// <summary>A new key of 256 random bits. The prefix lets secret scanners find keys that went astray.</summary>
    public static string NewKey()
    {
        Span<byte> random = stackalloc byte[32];
        RandomNumberGenerator.Fill(random);
        return $"trailgate_{System.Buffers.Text.Base64Url.EncodeToString(random)}";
    }

    /// <summary>The setting that stands for a key.</summary>
    public static string HashOf(string key) =>
        AccessKeyOptions.HashPrefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>Why the request may not go on; null when it may. The caller adds <c>WWW-Authenticate</c>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="required">What the key must permit.</param>
    /// <param name="store">The name of the store that the key assigns to what is sent with it, or null.</param>
    public Problem? Refuse(HttpRequest request, Scopes required, out string? store)
    {
        store = null;
        if (required == Scopes.None || IsEmpty)
        {
            return null;
        }

        if (!TryFindKey(request, out var key, out var problem))
        {
            return problem;
        }

        if (Find(key) is not { } known)
        {
            return Wrong;
        }

        store = known.Store;
        return known.Scopes.HasFlag(required) ? null : new Problem(
            StatusCodes.Status403Forbidden, "scope-missing", "The access key does not permit this",
            $"This route needs a key with the scope '{required.ToText()}'.");
    }

    /// <summary>Reads a hash setting.</summary>
    internal static bool TryReadHash(string? setting, [NotNullWhen(true)] out byte[]? hash)
    {
        hash = new byte[SHA256.HashSizeInBytes];
        if (setting is not null
            && setting.StartsWith(AccessKeyOptions.HashPrefix, StringComparison.Ordinal)
            && setting.Length == AccessKeyOptions.HashPrefix.Length + (2 * SHA256.HashSizeInBytes)
            && Convert.FromHexString(setting.AsSpan(AccessKeyOptions.HashPrefix.Length), hash, out _, out var written) == OperationStatus.Done
            && written == hash.Length)
        {
            return true;
        }

        hash = null;
        return false;
    }

    private static bool TryFindKey(HttpRequest request, out ReadOnlySpan<char> key, [NotNullWhen(false)] out Problem? problem)
    {
        key = default;
        var own = request.Headers[KeyHeader];
        var bearer = request.Headers.Authorization;
        if (own.Count + bearer.Count == 0)
        {
            problem = Missing;
            return false;
        }

        if (own.Count + bearer.Count > 1)
        {
            problem = Ambiguous;
            return false;
        }

        if (own.Count == 1)
        {
            key = own[0];
        }
        else if (bearer[0]?.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase) == true)
        {
            key = bearer[0].AsSpan(BearerPrefix.Length).Trim();
        }

        problem = key.Length switch
        {
            0 => Missing,
            > MaxKeyLength => Wrong,
            _ => null,
        };
        return problem is null;
    }

    private Key? Find(ReadOnlySpan<char> key)
    {
        Span<byte> utf8 = stackalloc byte[Encoding.UTF8.GetMaxByteCount(MaxKeyLength)];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(key, utf8)], hash);

        Key? found = null;
        foreach (var known in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(known.Hash, hash))
            {
                found = known;
            }
        }

        return found;
    }

    // The validator has refused what these can not read, before anyone asks for the options.
    private static byte[] ReadHash(AccessKeyOptions options) =>
        TryReadHash(options.Hash, out var hash) ? hash : throw new InvalidOperationException("The hash of a key was not validated.");

    private static Scopes ReadScopes(AccessKeyOptions options) =>
        ScopesText.TryParse(options.Scopes, out var scopes) ? scopes : throw new InvalidOperationException("The scopes of a key were not validated.");

    private sealed record Key(string Name, byte[] Hash, Scopes Scopes, string? Store);
}
