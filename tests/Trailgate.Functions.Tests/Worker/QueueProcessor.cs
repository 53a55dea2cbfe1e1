using System.Text;
using System.Text.Json;
using Trailgate.Storage;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>
/// The Functions host's rule for a queue trigger, with the settings of host.json. Follows
/// sdk/storage/Microsoft.Azure.WebJobs.Extensions.Storage.Queues/src of Azure/azure-sdk-for-net (QueueProcessor.cs,
/// Listeners/QueueListenerFactory.cs): a message whose function fails becomes visible again after the visibility time-out;
/// one that failed too often goes to the poison queue, and a poison queue has none.
/// </summary>
internal sealed class QueueProcessor(FunctionInvoker functions, string function, IMessageQueue queue, IMessageQueue? poison)
{
    private static readonly JsonElement Settings =
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "host.json"))).RootElement.GetProperty("extensions").GetProperty("queues");

    public static int MaxDequeueCount { get; } = Settings.GetProperty("maxDequeueCount").GetInt32();

    public static TimeSpan VisibilityTimeout { get; } = TimeSpan.Parse(Settings.GetProperty("visibilityTimeout").GetString()!);

    /// <summary>Takes what is visible once, and tells how many functions failed.</summary>
    public async Task<int> ProcessAsync()
    {
        var failed = 0;
        foreach (var message in await queue.ReceiveAsync(32, VisibilityTimeout, CancellationToken.None))
        {
            try
            {
                await functions.InvokeAsync(function, Encoding.UTF8.GetString(message.Body.Span));
                await queue.DeleteAsync(message, CancellationToken.None);
            }
            catch (Exception)
            {
                // Whatever a function throws is a failure to the host.
                failed++;
                if (poison is not null && message.DequeueCount >= MaxDequeueCount)
                {
                    await poison.SendAsync(message.Body, TimeSpan.Zero, CancellationToken.None);
                    await queue.DeleteAsync(message, CancellationToken.None);
                }
            }
        }

        return failed;
    }
}
