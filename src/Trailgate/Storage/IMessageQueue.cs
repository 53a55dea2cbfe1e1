namespace Trailgate.Storage;

/// <summary>
/// A durable queue, at least once, without an order that one could rely on. What an implementation promises is written
/// as tests in <c>MessageQueueContract</c>. Faults are thrown as <see cref="StorageException"/>.
/// </summary>
public interface IMessageQueue
{
    /// <summary>Longest message body in bytes: what Azure's 64 KiB leave after Base64.</summary>
    const int MaxBodyBytes = 48 * 1024;

    /// <summary>Adds a message that never expires. When it returns, the message survives a power cut.</summary>
    /// <param name="body">At most <see cref="MaxBodyBytes"/> bytes.</param>
    /// <param name="delay">How long it stays invisible: zero to 7 days.</param>
    /// <param name="cancellationToken">Stops the attempt; the message may be there all the same.</param>
    /// <exception cref="ArgumentException">The body is too long or the delay out of range.</exception>
    /// <exception cref="StorageException">The store could not do it. The message may be there: a retry can double it.</exception>
    Task SendAsync(ReadOnlyMemory<byte> body, TimeSpan delay, CancellationToken cancellationToken);

    /// <summary>
    /// Takes visible messages and hides them from all other receivers for the time of the lease. A message that is not
    /// deleted within it comes back with a higher <see cref="QueueMessage.DequeueCount"/>.
    /// </summary>
    /// <param name="maxMessages">1 to 32.</param>
    /// <param name="lease">One second to 7 days.</param>
    /// <param name="cancellationToken">Stops the attempt; messages that were taken come back after the lease.</param>
    /// <returns>None when nothing is visible; never waits for messages.</returns>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    Task<IReadOnlyList<QueueMessage>> ReceiveAsync(int maxMessages, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>
    /// Removes a received message for good. False when the lease had run out and another receiver took it: the work may
    /// be done twice.
    /// </summary>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    Task<bool> DeleteAsync(QueueMessage message, CancellationToken cancellationToken);

    /// <summary>About how many messages there are, invisible ones included.</summary>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    Task<int> CountAsync(CancellationToken cancellationToken);
}

/// <summary>A message under lease.</summary>
/// <param name="Id">Stays the same over all receives of the message.</param>
/// <param name="Receipt">Opaque; the right to delete the message under this lease.</param>
/// <param name="Body">What was sent.</param>
/// <param name="DequeueCount">1 at the first receive.</param>
public sealed record QueueMessage(string Id, string Receipt, ReadOnlyMemory<byte> Body, int DequeueCount);
