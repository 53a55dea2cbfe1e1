using System.Text;
using Microsoft.Azure.Functions.Worker;
using Trailgate.Alerts;
using Trailgate.Alerts.Delivery;

namespace Trailgate.Functions;

/// <summary>
/// Puts a message that could not be handled among the dead letters, where people look. The host has no poison queue of a
/// poison queue: while this fails, the message stays where it is and comes back.
/// </summary>
public sealed class PoisonFunction(AlertDelivery delivery)
{
    public const string Queue = AlertFunction.Queue + "-poison";

    private const string Reason = "It failed as often as host.json permits; the log of the function DeliverAlert has each failure.";

    [Function("BuryAlert")]
    public Task RunAsync([QueueTrigger(Queue)] string message, CancellationToken cancellationToken) =>
        delivery.DeadLetterAsync(Encoding.UTF8.GetBytes(message), Reason, cancellationToken);
}
