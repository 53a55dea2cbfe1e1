using System.Text;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;
using Trailgate.Azure;
using Trailgate.Tests.Azurite;
using Trailgate.Tests.Hosting;
using Trailgate.Tests.Ingest;

namespace Trailgate.Tests.Azure;

/// <summary>Two stores in two accounts of one Azurite.</summary>
public sealed class AzuriteResidencyTests(TestAzurite azurite) : ResidencyContract, IClassFixture<TestAzurite>
{
    private const int MostMessages = 32;

    private readonly string _default = azurite.TakeConnection();
    private readonly string _eu = azurite.TakeConnection();

    private protected override Task<IngestServer> StartAsync((string Name, string Value)[] settings)
    {
        settings = [.. settings, ("Trailgate:Connection", _default), ("Trailgate:Stores:eu:Connection", _eu)];
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
        return IngestServer.StartAsync(services => services.AddTrailgateAzure(configuration), settings);
    }

    private protected override async Task<IReadOnlyList<(string Name, byte[] Bytes)>> ReadAllAsync(string store)
    {
        var connection = store == "eu" ? _eu : _default;
        var all = new List<(string Name, byte[] Bytes)>();
        var service = new BlobServiceClient(connection);
        await foreach (var container in service.GetBlobContainersAsync())
        {
            var blobs = service.GetBlobContainerClient(container.Name);
            await foreach (var blob in blobs.GetBlobsAsync())
            {
                var content = await blobs.GetBlobClient(blob.Name).DownloadContentAsync();
                all.Add(($"{container.Name}/{blob.Name}", content.Value.Content.ToArray()));
            }
        }

        var queues = new QueueServiceClient(connection);
        await foreach (var queue in queues.GetQueuesAsync())
        {
            foreach (var message in (await queues.GetQueueClient(queue.Name).PeekMessagesAsync(MostMessages)).Value)
            {
                // As it is stored, and as it reads.
                all.Add(($"queue {queue.Name}/{message.MessageId}", message.Body.ToArray()));
                all.Add(($"queue {queue.Name}/{message.MessageId}", Encoding.UTF8.GetBytes(Decode(message.Body.ToString()))));
            }
        }

        return all;
    }

    private static string Decode(string text) => Encoding.UTF8.GetString(Convert.FromBase64String(text));
}
