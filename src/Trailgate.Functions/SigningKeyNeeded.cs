using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Trailgate.Signing;

namespace Trailgate.Functions;

/// <summary>
/// Refuses to start without a signing key in the settings: an instance has no home that outlives it, and each would sign
/// with a key of its own that nobody knows. A developer's machine has one.
/// </summary>
internal sealed class SigningKeyNeeded(IHostEnvironment environment) : IValidateOptions<SigningOptions>
{
    public ValidateOptionsResult Validate(string? name, SigningOptions options) =>
        environment.IsDevelopment() || !string.IsNullOrWhiteSpace(options.Key) || !string.IsNullOrWhiteSpace(options.KeyFile)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{SigningOptions.Section}:{nameof(options.Key)} is not set, and nothing is archived unsigned. Make a key with 'trailgate key new FILE', and pass the content of the file as that setting, as a reference to a vault.");
}
