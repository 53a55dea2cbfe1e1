using Microsoft.Extensions.Options;
using Trailgate.Signing;

namespace Trailgate.Hosting;

/// <summary>
/// Refuses keys that can not sign, and a key file inside a store: whoever could change the data could sign the change.
/// Messages hold nothing of a key.
/// </summary>
internal sealed class SigningOptionsValidator(IOptions<StorageOptions> storage) : IValidateOptions<SigningOptions>
{
    private const string Key = $"{SigningOptions.Section}:{nameof(SigningOptions.Key)}";
    private const string KeyFile = $"{SigningOptions.Section}:{nameof(SigningOptions.KeyFile)}";

    public ValidateOptionsResult Validate(string? name, SigningOptions options) => Problem(options) is { } problem
        ? ValidateOptionsResult.Fail(problem)
        : ValidateOptionsResult.Success;

    private string? Problem(SigningOptions options)
    {
        if (!string.IsNullOrWhiteSpace(options.Key))
        {
            return string.IsNullOrWhiteSpace(options.KeyFile)
                ? ProblemIn(options.Key) is { } problem ? $"{Key} {problem}." : null
                : $"{Key} and {KeyFile} are both set; the key stands in one place.";
        }

        return string.IsNullOrWhiteSpace(options.KeyFile) ? ProblemOfOwn() : ProblemOf(options.KeyFile);
    }

    private string? ProblemOf(string file)
    {
        if (StoreAround(file) is { } store)
        {
            return $"{KeyFile} is {file}, inside the store {store}: a key never lies beside the data that it signs.";
        }

        try
        {
            return ProblemIn(SigningKeyFile.ReadText(file)) is { } problem ? $"{KeyFile}: {file} {problem}." : null;
        }
        catch (SigningKeyException e)
        {
            return $"{KeyFile}: {e.Message}";
        }
    }

    private string? ProblemOfOwn()
    {
        try
        {
            return StoreAround(SigningKeyFile.DefaultPath) is { } store
                ? $"The signing key would be kept in {SigningKeyFile.DefaultPath}, inside the store {store}. Keep it elsewhere: make one with 'trailgate key new FILE', and set {KeyFile}."
                : null;
        }
        catch (SigningKeyException e)
        {
            return e.Message;
        }
    }

    private static string? ProblemIn(string pem)
    {
        if (!SigningKey.TryParse(pem, "check", out var keys, out var problem))
        {
            return problem;
        }

        foreach (var key in keys)
        {
            key.Dispose();
        }

        return null;
    }

    /// <summary>The directory of the file store that a file lies in; null when it lies in none.</summary>
    private string? StoreAround(string file)
    {
        StorageOptions stores;
        try
        {
            stores = storage.Value;
        }
        catch (OptionsValidationException)
        {
            return null; // reported by its own check
        }

        var path = Path.GetFullPath(file);
        return stores.All()
            .Where(store => !store.Options.Connection.IsSet && !string.IsNullOrWhiteSpace(store.Options.Data))
            .Select(store => Path.TrimEndingDirectorySeparator(Path.GetFullPath(store.Options.Data!))) // not null: filtered
            .FirstOrDefault(data => path.StartsWith(data + Path.DirectorySeparatorChar, StringComparison.Ordinal));
    }
}
