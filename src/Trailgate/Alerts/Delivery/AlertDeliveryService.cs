using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Trailgate.Storage;

namespace Trailgate.Alerts.Delivery;

/// <summary>
/// Reads the alert queue in the standalone host (Functions have a trigger for it). Takes only as many messages as it can
/// handle at once, so that no lease runs out while a message waits its turn.
/// </summary>
internal sealed partial class AlertDeliveryService(
    IMessageQueue queue, AlertDelivery delivery, IOptions<AlertOptions> options, TimeProvider time, ILogger<AlertDeliveryService> logger)
    : BackgroundService
{
    /// <summary>How often a message may fail by an exception before it is put aside; as Functions' default for poison messages.</summary>
    public const int MaxDequeues = 5;

    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMinutes(1);

    private readonly AlertOptions _options = options.Value;
    private readonly SemaphoreSlim _slots = new(options.Value.Concurrency);
    private TimeSpan _backOff;

    public override void Dispose()
    {
        _slots.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await HandleVisibleAsync(stoppingToken);
                await WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The handlers stop by the same token; the host waits for them.
            for (var i = 0; i < _options.Concurrency; i++)
            {
                await _slots.WaitAsync(CancellationToken.None);
            }
        }
    }

    /// <summary>Starts handlers until nothing is visible any more, or the queue can not be read.</summary>
    private async Task HandleVisibleAsync(CancellationToken stoppingToken)
    {
        int received;
        do
        {
            var slots = await TakeFreeSlotsAsync(stoppingToken);
            received = 0;
            try
            {
                var messages = await queue.ReceiveAsync(slots, _options.Lease, stoppingToken);
                _backOff = TimeSpan.Zero;
                received = messages.Count;
                foreach (var message in messages)
                {
                    _ = HandleInSlotAsync(message, stoppingToken);
                }
            }
            catch (StorageException e)
            {
                _backOff = _backOff == TimeSpan.Zero ? _options.PollInterval : _backOff * 2;
                _backOff = _backOff < LongestBackOff ? _backOff : LongestBackOff;
                LogNotReceived(_backOff, e);
            }
            finally
            {
                if (slots > received)
                {
                    _slots.Release(slots - received);
                }
            }
        }
        while (received > 0);
    }

    private Task WaitAsync(CancellationToken stoppingToken) => _backOff > TimeSpan.Zero
        ? Task.Delay(_backOff, time, stoppingToken)
        : delivery.Queued.WaitAsync(_options.PollInterval, time, stoppingToken);

    private async Task<int> TakeFreeSlotsAsync(CancellationToken stoppingToken)
    {
        await _slots.WaitAsync(stoppingToken);
        var taken = 1;
        while (_slots.Wait(0, CancellationToken.None))
        {
            taken++;
        }

        return taken;
    }

    private async Task HandleInSlotAsync(QueueMessage message, CancellationToken stoppingToken)
    {
        try
        {
            await HandleAsync(message, stoppingToken);
        }
        catch (Exception e)
        {
            // The queue's edge: the message comes back when its lease has run out.
            LogNotDone(message.Id, message.DequeueCount, e);
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task HandleAsync(QueueMessage message, CancellationToken stoppingToken)
    {
        try
        {
            if (message.DequeueCount > MaxDequeues)
            {
                // The last handler did not even live to say why.
                await delivery.DeadLetterAsync(message.Body, $"It was taken {message.DequeueCount} times and never handled to the end.", stoppingToken);
            }
            else
            {
                await delivery.HandleAsync(message.Body, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next process need not wait for the lease. Both messages may be seen for a moment, which does no harm.
            await queue.SendAsync(message.Body, TimeSpan.Zero, CancellationToken.None);
        }
        catch (Exception e) when (message.DequeueCount == MaxDequeues)
        {
            LogNotDone(message.Id, message.DequeueCount, e);
            await delivery.DeadLetterAsync(message.Body, $"It failed {MaxDequeues} times, the last time by {e.GetType().Name}: {e.Message}", stoppingToken);
        }

        await queue.DeleteAsync(message, CancellationToken.None);
    }

    [LoggerMessage(LogLevel.Warning, "The alert queue can not be read; the next try is in {BackOff}.")]
    private partial void LogNotReceived(TimeSpan backOff, Exception exception);

    [LoggerMessage(LogLevel.Error, "Message {Id} of the alert queue was not handled, take {DequeueCount}; it comes back.")]
    private partial void LogNotDone(string id, int dequeueCount, Exception exception);
}
