using Trailgate.Azure;
using Trailgate.Tests.Azurite;
using Trailgate.Tests.Ingest;

namespace Trailgate.Tests.Azure;

/// <summary>One server over an account of an Azurite, for all tests of a class.</summary>
public sealed class AzuriteIngestServer : SharedIngestServer
{
    private readonly TestAzurite _azurite = new();

    public override async Task InitializeAsync()
    {
        await _azurite.InitializeAsync();
        var account = AzureAccount.Open(TestAzurite.OptionsOf(_azurite.TakeConnection()));
        var blobs = new AzureBlobStore(account);
        var queue = new AzureMessageQueue(account, AzureServices.AlertQueue);
        await blobs.PrepareAsync(CancellationToken.None);
        await queue.PrepareAsync(CancellationToken.None);
        Server = await IngestServer.StartAsync(blobs, queue);
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _azurite.DisposeAsync();
    }
}
