using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Trailgate.Hosting;

namespace Trailgate.Azure;

/// <summary>The clients of one storage account. They are made without a request; one of each serves all threads.</summary>
public sealed class AzureAccount
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(5);

    private AzureAccount(BlobServiceClient blobs, QueueServiceClient queues)
    {
        Blobs = blobs;
        Queues = queues;
    }

    /// <summary>The blob endpoint: what identifies the account to people. Holds no secret.</summary>
    public string Name => Blobs.Uri.GetLeftPart(UriPartial.Path);

    internal BlobServiceClient Blobs { get; }

    internal QueueServiceClient Queues { get; }

    /// <summary>Makes the clients. Sends nothing.</summary>
    /// <param name="options">Options that <see cref="AzureConnectionValidator"/> finds nothing wrong with.</param>
    public static AzureAccount Open(ConnectionOptions options) => Open(options, static _ => { });

    /// <summary>For tests: clients with another transport or other delays.</summary>
    internal static AzureAccount Open(ConnectionOptions options, Action<ClientOptions> adjust)
    {
        var blobOptions = Configure(new BlobClientOptions(), options);
        // Base64 is ours to make: a foreign message that is none would otherwise spoil the receive of all its neighbours.
        var queueOptions = Configure(new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None }, options);
        adjust(blobOptions);
        adjust(queueOptions);
        if (options.Text is { } text)
        {
            return new AzureAccount(new BlobServiceClient(text, blobOptions), new QueueServiceClient(text, queueOptions));
        }

        var credential = CredentialOf(options);
        return new AzureAccount(
            new BlobServiceClient(BlobUriOf(options), credential, blobOptions),
            new QueueServiceClient(QueueUriOf(options), credential, queueOptions));
    }

    private static Uri BlobUriOf(ConnectionOptions options) =>
        new(options.BlobServiceUri ?? $"https://{options.AccountName}.blob.core.windows.net");

    private static Uri QueueUriOf(ConnectionOptions options) =>
        new(options.QueueServiceUri ?? $"https://{options.AccountName}.queue.core.windows.net");

    private static TokenCredential CredentialOf(ConnectionOptions options) => options switch
    {
        { Credential: null } => new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = options.ClientId }),
        { ClientId: { } id } => new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(id)),
        _ => new ManagedIdentityCredential(ManagedIdentityId.SystemAssigned),
    };

    private static TOptions Configure<TOptions>(TOptions client, ConnectionOptions options)
        where TOptions : ClientOptions
    {
        client.Retry.Mode = RetryMode.Exponential;
        client.Retry.MaxRetries = options.Retries;
        client.Retry.Delay = FirstDelay;
        client.Retry.MaxDelay = MaxDelay;
        client.Retry.NetworkTimeout = options.Timeout;
        client.Diagnostics.ApplicationId = "trailgate";
        client.AddPolicy(TryCounter.Policy, HttpPipelinePosition.PerRetry);
        return client;
    }
}
