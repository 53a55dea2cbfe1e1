namespace Trailgate.Signing;

/// <summary>
/// Where the signing key is. Without either setting the standalone host keeps one of its own, see
/// <see cref="SigningKeyFile.DefaultPath"/>; a Functions app does not start.
/// </summary>
public sealed class SigningOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Trailgate:Signing";

    /// <summary>
    /// The private key itself, as PEM; two of them, the new one first, while keys are being changed. For places that pass
    /// secrets as settings, such as references to a Key Vault.
    /// </summary>
    public string? Key { get; set; }

    /// <summary>Instead of it: the file that holds the same. Never inside a store.</summary>
    public string? KeyFile { get; set; }
}
