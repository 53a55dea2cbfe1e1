using Azure.Storage.Blobs;
using Trailgate.EndToEnd.Tests.Processes;

namespace Trailgate.EndToEnd.Tests.Azure;

/// <summary>A test's directory with a storage account for its store.</summary>
/// <param name="connection">What the processes are told; a proxy may stand in between.</param>
/// <param name="direct">What the test itself reads by.</param>
internal sealed class AzureFolder(string connection, string direct) : TestFolder
{
    private int _copies;

    public AzureFolder(string connection)
        : this(connection, connection)
    {
    }

    public override string[] StoreArguments => ["--connection", connection];

    /// <summary>Copies the account, with none of the product's code.</summary>
    public override async Task<string> EvidenceAsync()
    {
        var folder = System.IO.Path.Combine(Path, $"evidence-{++_copies}");
        var service = new BlobServiceClient(direct);
        await foreach (var container in service.GetBlobContainersAsync())
        {
            var client = service.GetBlobContainerClient(container.Name);
            await foreach (var blob in client.GetBlobsAsync())
            {
                var file = System.IO.Path.Combine(folder, container.Name, blob.Name);
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
                await client.GetBlobClient(blob.Name).DownloadToAsync(file);
            }
        }

        return folder;
    }
}
