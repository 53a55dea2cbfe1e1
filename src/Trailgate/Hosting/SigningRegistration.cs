using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Trailgate.Archive;
using Trailgate.Signing;

namespace Trailgate.Hosting;

/// <summary>Registers the keys that are signed with.</summary>
internal static partial class SigningRegistration
{
    public static IServiceCollection AddSigning(this IServiceCollection services)
    {
        services.AddOptions<SigningOptions>().BindReadable(SigningOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SigningOptions>, SigningOptionsValidator>();
        services.AddSingleton(static provider => Open(
            provider.GetRequiredService<IOptions<SigningOptions>>().Value,
            provider.GetRequiredService<IOptions<ArchiveOptions>>().Value.Origin,
            provider.GetRequiredService<ILoggerFactory>().CreateLogger<SigningKeys>()));
        return services;
    }

    private static SigningKeys Open(SigningOptions options, string name, ILogger logger)
    {
        if (!string.IsNullOrWhiteSpace(options.Key))
        {
            return SigningKey.TryParse(options.Key, name, out var keys, out var problem)
                ? new SigningKeys(keys)
                : throw new SigningKeyException($"{SigningOptions.Section}:{nameof(options.Key)} {problem}.");
        }

        if (!string.IsNullOrWhiteSpace(options.KeyFile))
        {
            return new SigningKeys(new SigningKeyFile(options.KeyFile, name).Read());
        }

        var own = new SigningKeyFile(SigningKeyFile.DefaultPath, name);
        var found = new SigningKeys(own.OpenOrCreate(out var created));
        if (created)
        {
            LogCreated(logger, own.Path, found.All[0].Verifier);
        }

        return found;
    }

    [LoggerMessage(LogLevel.Information, "A signing key was made in {Path}. Keep its public half where the archive is not: {Verifier}")]
    private static partial void LogCreated(ILogger logger, string path, VerifierKey verifier);
}
