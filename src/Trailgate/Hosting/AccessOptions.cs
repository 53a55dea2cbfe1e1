using Microsoft.Extensions.Options;

namespace Trailgate.Hosting;

/// <summary>Who may call. Without any key every route is open, and the standalone host serves loopback only.</summary>
public sealed class AccessOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Trailgate";

    /// <summary>Access keys by name. The name is for people and logs; callers send the key alone.</summary>
    public IDictionary<string, AccessKeyOptions> Keys { get; } = new Dictionary<string, AccessKeyOptions>(StringComparer.OrdinalIgnoreCase);
}

/// <summary>One access key. <c>trailgate access-key new</c> prints both settings.</summary>
public sealed class AccessKeyOptions
{
    /// <summary>What a hash setting begins with.</summary>
    public const string HashPrefix = "sha256:";

    /// <summary><c>sha256:</c> and 64 hexadecimal digits: SHA-256 over the UTF-8 bytes of the key. The key itself is stored nowhere.</summary>
    public string Hash { get; set; } = "";

    /// <summary>What the key permits: <c>ingest</c>, <c>read</c>, <c>admin</c>, split by commas.</summary>
    public string Scopes { get; set; } = "";

    /// <summary>
    /// The store of what is sent with this key, unless the region of an event is assigned to another; null for the store of
    /// the source, else the default one.
    /// </summary>
    public string? Store { get; set; }
}

/// <summary>Refuses keys that could never match, or would permit nothing, and stores that are not declared.</summary>
internal sealed class AccessOptionsValidator(StoreNames stores) : IValidateOptions<AccessOptions>
{
    public ValidateOptionsResult Validate(string? name, AccessOptions options)
    {
        var failures = new List<string>();
        var seen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in options.Keys.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var setting = $"{AccessOptions.Section}:Keys:{key}";
            if (!AccessKeys.TryReadHash(value.Hash, out _))
            {
                failures.Add($"{setting}:Hash must be 'sha256:' and 64 hexadecimal digits; 'trailgate access-key new {key}' makes a key and prints its settings.");
            }
            else if (!seen.TryAdd(value.Hash, key))
            {
                failures.Add($"{setting}:Hash is the hash of the key '{seen[value.Hash]}' as well; give each name a key of its own.");
            }

            if (!ScopesText.TryParse(value.Scopes, out _))
            {
                failures.Add($"{setting}:Scopes must list one or more of {ScopesText.All}, split by commas.");
            }

            if (value.Store is { } store && stores.Refuse(store) is { } refusal)
            {
                failures.Add($"{setting}:{nameof(value.Store)} {refusal}");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
