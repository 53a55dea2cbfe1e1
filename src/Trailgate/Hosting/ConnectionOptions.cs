using Microsoft.Extensions.Configuration;

namespace Trailgate.Hosting;

/// <summary>
/// The storage account that holds a store: the text of a connection string, which is the value of the section itself, or
/// the names of its endpoints, which are reached by identity. Nothing set means the file store. What opens it is in
/// Trailgate.Azure; the names are here, so that a misspelt one is noticed whatever store is used.
/// </summary>
public sealed class ConnectionOptions
{
    /// <summary>The section of the default store.</summary>
    public const string Section = "Trailgate:Connection";

    /// <summary>The section that these were read from, for messages.</summary>
    public string Source { get; private set; } = Section;

    /// <summary>The connection string; it goes before all else.</summary>
    public string? Text { get; private set; }

    /// <summary>Name of the account: its endpoints are those of Azure's public cloud.</summary>
    public string? AccountName { get; set; }

    /// <summary>The blob endpoint, where it is not the public cloud's.</summary>
    public string? BlobServiceUri { get; set; }

    /// <summary>The queue endpoint, where it is not the public cloud's.</summary>
    public string? QueueServiceUri { get; set; }

    /// <summary>Client id of a managed identity that a user assigned; without it the environment decides who we are.</summary>
    public string? ClientId { get; set; }

    /// <summary><c>managedidentity</c> tries nothing but that; without it the usual chain of credentials is tried.</summary>
    public string? Credential { get; set; }

    /// <summary>How often a failed request is tried again, 0 to 10, after 0.2, 0.4, 0.8 ... 5 seconds.</summary>
    public int Retries { get; set; } = 4;

    /// <summary>How long one try of a request may take, one second to 10 minutes.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether an account is named at all.</summary>
    public bool IsSet => Text is not null || AccountName is not null || BlobServiceUri is not null || QueueServiceUri is not null;

    /// <summary>Reads a section. Empty texts count as not set.</summary>
    public static ConnectionOptions Read(IConfigurationSection section)
    {
        var options = new ConnectionOptions();
        section.Bind(options);
        options.Source = section.Path;
        options.Text = NullIfEmpty(section.Value);
        options.AccountName = NullIfEmpty(options.AccountName);
        options.BlobServiceUri = NullIfEmpty(options.BlobServiceUri);
        options.QueueServiceUri = NullIfEmpty(options.QueueServiceUri);
        options.ClientId = NullIfEmpty(options.ClientId);
        options.Credential = NullIfEmpty(options.Credential);
        return options;
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
