using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Trailgate.Hosting;

namespace Trailgate.Functions;

/// <summary>
/// Refuses to start without an access key. The rule for servers without keys looks at the Host of a request, and behind
/// the Functions host that is what the caller wrote into <c>X-Forwarded-Host</c>. Core Tools on a developer's machine are
/// let off: they set the environment to Development and listen on loopback.
/// </summary>
internal sealed class KeyNeeded(IHostEnvironment environment) : IValidateOptions<AccessOptions>
{
    public ValidateOptionsResult Validate(string? name, AccessOptions options) =>
        options.Keys.Count > 0 || environment.IsDevelopment()
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{AccessOptions.Section}:Keys has no key, and a Functions app is open to the internet. Make one with 'trailgate access-key new NAME --scopes ingest,read' and set its hash and scopes.");
}
