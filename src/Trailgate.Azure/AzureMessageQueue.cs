using System.Text;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Trailgate.Storage;
using QueueMessage = Trailgate.Storage.QueueMessage;

namespace Trailgate.Azure;

/// <summary>
/// A queue of a storage account. Bodies travel as Base64, as Functions expect them. Any number of processes may use one
/// queue at once.
/// </summary>
public sealed class AzureMessageQueue : IMessageQueue
{
    private static readonly TimeSpan MaxTime = TimeSpan.FromDays(7);
    private static readonly TimeSpan Never = TimeSpan.FromSeconds(-1);

    private readonly QueueClient _queue;

    /// <summary>Names a queue. Sends nothing.</summary>
    public AzureMessageQueue(AzureAccount account, string name) => _queue = account.Queues.GetQueueClient(name);

    /// <summary>Makes the queue if it is missing. Safe to repeat, and to do from several processes at once.</summary>
    /// <exception cref="StorageException">The account can not be used; the message says why.</exception>
    public Task PrepareAsync(CancellationToken cancellationToken) => Provision.EnsureAsync(
        $"the queue {_queue.Uri.GetLeftPart(UriPartial.Path)}",
        token => _queue.CreateIfNotExistsAsync(metadata: null, token),
        _queue.ExistsAsync,
        cancellationToken);

    /// <inheritdoc />
    public async Task SendAsync(ReadOnlyMemory<byte> body, TimeSpan delay, CancellationToken cancellationToken)
    {
        if (body.Length > IMessageQueue.MaxBodyBytes)
        {
            throw new ArgumentException($"A message has at most {IMessageQueue.MaxBodyBytes} bytes, not {body.Length}.", nameof(body));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(delay, MaxTime);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await _queue.SendMessageAsync(Convert.ToBase64String(body.Span), WholeSeconds(delay), Never, cancellationToken);
        }
        catch (Exception e) when (AzureFault.Is(e, cancellationToken))
        {
            throw AzureFault.Wrap($"send a message to the queue {_queue.Name}", e);
        }
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<QueueMessage>> ReceiveAsync(int maxMessages, TimeSpan lease, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxMessages, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxMessages, 32);
        ArgumentOutOfRangeException.ThrowIfLessThan(lease, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lease, MaxTime);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var received = await _queue.ReceiveMessagesAsync(maxMessages, WholeSeconds(lease), cancellationToken);
            return [.. received.Value.Select(message =>
                new QueueMessage(message.MessageId, message.PopReceipt, BodyOf(message.MessageText), (int)message.DequeueCount))];
        }
        catch (Exception e) when (AzureFault.Is(e, cancellationToken))
        {
            throw AzureFault.Wrap($"receive from the queue {_queue.Name}", e);
        }
    }

    /// <inheritdoc />
    public async Task<bool> DeleteAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (message.Id.Length == 0 || message.Receipt.Length == 0)
        {
            return false; // nothing that this queue gave out
        }

        try
        {
            await _queue.DeleteMessageAsync(message.Id, message.Receipt, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.ErrorCode == QueueErrorCode.MessageNotFound
            || e.ErrorCode == QueueErrorCode.PopReceiptMismatch
            || e.ErrorCode == QueueErrorCode.InvalidQueryParameterValue)
        {
            return false;
        }
        catch (Exception e) when (AzureFault.Is(e, cancellationToken))
        {
            throw AzureFault.Wrap($"delete a message of the queue {_queue.Name}", e);
        }
    }

    /// <inheritdoc />
    public async Task<int> CountAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return (await _queue.GetPropertiesAsync(cancellationToken)).Value.ApproximateMessagesCount;
        }
        catch (Exception e) when (AzureFault.Is(e, cancellationToken))
        {
            throw AzureFault.Wrap($"look at the queue {_queue.Name}", e);
        }
    }

    // The service counts in seconds; neither a delay nor a lease may be shorter than was asked for.
    private static TimeSpan WholeSeconds(TimeSpan time) => TimeSpan.FromSeconds(Math.Ceiling(time.TotalSeconds));

    // A foreign text is handed on as it is: whoever handles it says what is wrong with it.
    private static ReadOnlyMemory<byte> BodyOf(string text)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            return Encoding.UTF8.GetBytes(text);
        }
    }
}
