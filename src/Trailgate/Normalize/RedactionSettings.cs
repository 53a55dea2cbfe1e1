using System.ComponentModel.DataAnnotations;
using System.Text;
using Microsoft.Extensions.Options;

namespace Trailgate.Normalize;

/// <summary>
/// What is redacted before anything is stored. Everything is on by default. Changing a rule changes the ids of events
/// that hold such values from then on, because an id covers the redacted content.
/// </summary>
public sealed class RedactionSettings : IValidateOptions<RedactionSettings>
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Trailgate:Redaction";

    /// <summary>Bodies of actions on secrets, config maps and keys: values that do not merely name or describe.</summary>
    public bool Bodies { get; set; } = true;

    /// <summary>Values of members whose name says that they are secrets: password, token, private_key and the like.</summary>
    public bool Names { get; set; } = true;

    /// <summary>Texts that are secrets by their shape: JSON Web Tokens, PEM keys, cloud access keys, passwords in URLs.</summary>
    public bool Shapes { get; set; } = true;

    /// <summary>More names whose values are secrets, split by commas; case, hyphens and underscores do not matter.</summary>
    public string? MoreNames { get; set; }

    /// <summary>
    /// Key of the pseudonyms (HMAC-SHA256) under which equal secrets can be seen as equal; at least 16 characters.
    /// Without it no pseudonym is stored.
    /// </summary>
    [MinLength(16)]
    public string? HmacKey { get; set; }

    internal byte[]? HmacKeyBytes => string.IsNullOrEmpty(HmacKey) ? null : Encoding.UTF8.GetBytes(HmacKey);

    internal IEnumerable<string> MoreNamesList =>
        (MoreNames ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, RedactionSettings options) =>
        options.HmacKey is { Length: > 0 and < 16 }
            ? ValidateOptionsResult.Fail($"{Section}:HmacKey has {options.HmacKey.Length} characters; give it at least 16, or leave it out.")
            : ValidateOptionsResult.Success;
}
