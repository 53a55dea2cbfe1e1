using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Follows extensions/Worker.Extensions.Storage.Queues/src/QueueTriggerAttribute.cs.</summary>
public sealed class QueueTriggerAttribute(string queueName) : TriggerBindingAttribute
{
    public string QueueName { get; } = queueName;

    /// <summary>The setting that names the account; <c>AzureWebJobsStorage</c> without one.</summary>
    public string? Connection { get; set; }
}
