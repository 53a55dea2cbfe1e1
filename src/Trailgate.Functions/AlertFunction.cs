using System.Text;
using Microsoft.Azure.Functions.Worker;
using Trailgate.Alerts;
using Trailgate.Alerts.Delivery;

namespace Trailgate.Functions;

/// <summary>
/// Delivers the alerts of one message. A send that fails is no exception: a new message stands for its next try. What is
/// thrown brings the message back, and after <c>maxDequeueCount</c> of host.json the host moves it to <see cref="PoisonFunction"/>.
/// </summary>
public sealed class AlertFunction(AlertDelivery delivery)
{
    public const string Queue = "alerts";

    [Function("DeliverAlert")]
    public Task RunAsync([QueueTrigger(Queue)] string message, CancellationToken cancellationToken) =>
        delivery.HandleAsync(Encoding.UTF8.GetBytes(message), cancellationToken);
}
