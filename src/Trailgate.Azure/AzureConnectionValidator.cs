using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Extensions.Options;
using Trailgate.Hosting;

namespace Trailgate.Azure;

/// <summary>
/// Checks how an account is named. It runs as a check of <see cref="StorageOptions"/>, so that its findings come together
/// with all others at the start. No message repeats a value: it may be a key.
/// </summary>
internal sealed class AzureConnectionValidator : IValidateOptions<StorageOptions>
{
    private const string ManagedIdentity = "managedidentity";

    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        var connections = options.All().Select(store => store.Options.Connection).Where(connection => connection.IsSet).ToList();
        var faults = connections.SelectMany(FaultsOf).ToList();
        if (faults.Count == 0)
        {
            faults = [.. FaultsOfSharing(connections)];
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> FaultsOf(ConnectionOptions connection) =>
        (connection.Text is null ? FaultsOfIdentity(connection) : FaultsOfText(connection)).Concat(FaultsOfTries(connection));

    // Two stores in one account would mix what the settings promise to keep apart.
    private static IEnumerable<string> FaultsOfSharing(List<ConnectionOptions> connections) => connections
        .GroupBy(connection => AzureAccount.Open(connection).Name, StringComparer.OrdinalIgnoreCase)
        .Where(shared => shared.Count() > 1)
        .Select(shared => $"{string.Join(" and ", shared.Select(connection => connection.Source))} name the same account; each store needs one of its own.");

    private static IEnumerable<string> FaultsOfText(ConnectionOptions connection)
    {
        string? fault = null;
        try
        {
            _ = new BlobServiceClient(connection.Text).Uri;
            _ = new QueueServiceClient(connection.Text).Uri;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            fault = $"{connection.Source} is no connection string of a storage account with blobs and queues. One looks like "
                + "DefaultEndpointsProtocol=https;AccountName=...;AccountKey=...;EndpointSuffix=core.windows.net.";
        }

        return fault is null ? [] : [fault];
    }

    private static IEnumerable<string> FaultsOfIdentity(ConnectionOptions connection)
    {
        if (connection.AccountName is { } account && !IsAccountName(account))
        {
            yield return $"{connection.Source}:AccountName is no name of a storage account: 3 to 24 lower-case letters and digits.";
        }

        if (connection.AccountName is null)
        {
            foreach (var (name, missing) in new[] { ("BlobServiceUri", connection.BlobServiceUri is null), ("QueueServiceUri", connection.QueueServiceUri is null) })
            {
                if (missing)
                {
                    yield return $"{connection.Source}:{name} is missing: without {connection.Source}:AccountName both endpoints must be given.";
                }
            }
        }

        foreach (var (name, value) in new[] { ("BlobServiceUri", connection.BlobServiceUri), ("QueueServiceUri", connection.QueueServiceUri) })
        {
            if (value is not null && !(Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps))
            {
                yield return $"{connection.Source}:{name} must be an https:// address: an identity's token is sent there.";
            }
        }

        if (connection.Credential is { } credential && !credential.Equals(ManagedIdentity, StringComparison.OrdinalIgnoreCase))
        {
            yield return $"{connection.Source}:Credential can only be {ManagedIdentity}, or left out.";
        }
    }

    private static IEnumerable<string> FaultsOfTries(ConnectionOptions connection)
    {
        if (connection.Retries is < 0 or > 10)
        {
            yield return $"{connection.Source}:Retries is {connection.Retries}; it must be 0 to 10.";
        }

        if (connection.Timeout < TimeSpan.FromSeconds(1) || connection.Timeout > TimeSpan.FromMinutes(10))
        {
            yield return $"{connection.Source}:Timeout is {connection.Timeout}; it must be 00:00:01 to 00:10:00.";
        }
    }

    private static bool IsAccountName(string text) =>
        text.Length is >= 3 and <= 24 && text.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character));
}
