using Polly;
using Polly.CircuitBreaker;
using Trailgate.Alerts.Channels;

namespace Trailgate.Alerts.Delivery;

/// <summary>The configured channels, how often each is tried, and what keeps one that fails from holding up the others.</summary>
internal sealed class AlertChannels : IDisposable
{
    /// <summary>How long a channel is spared that failed again and again. Then one send tries it.</summary>
    public static readonly TimeSpan Break = TimeSpan.FromSeconds(30);

    /// <summary>How many sends in a row must fail within <see cref="Break"/> for that.</summary>
    public const int FailuresToBreak = 5;

    private readonly IReadOnlyList<AlertChannel> _configured;

    /// <param name="all">The channels.</param>
    /// <param name="schedule">When a failed delivery is tried again.</param>
    /// <param name="handlers">How many messages of one channel are handled at once, at most.</param>
    /// <param name="time">The clock.</param>
    public AlertChannels(IReadOnlyList<AlertChannel> all, RetrySchedule schedule, int handlers, TimeProvider time)
    {
        _configured = all;
        All = [.. all.Select(channel => channel with { Send = Guard(channel.Send, time) })];
        Lanes = all.ToDictionary(channel => channel.Name, _ => new ChannelLane(handlers, time), StringComparer.Ordinal);
        Schedule = schedule;
    }

    public IReadOnlyList<AlertChannel> All { get; }

    public RetrySchedule Schedule { get; }

    private Dictionary<string, ChannelLane> Lanes { get; }

    /// <summary>Makes the channels of checked settings.</summary>
    public static AlertChannels Create(AlertOptions options, TimeProvider time) => new(
        [.. options.Channels.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => AlertChannel.Create(pair.Key, pair.Value, options.Page, time))],
        new RetrySchedule(Random.Shared.NextDouble),
        // So that a handler is left for the others, however long the sends of one channel hang.
        Math.Max(1, options.Concurrency / 2),
        time);

    /// <summary>
    /// The channel of that name. One that was taken out of the settings refuses for good, so that what waited for it ends
    /// among the dead letters and not in silence.
    /// </summary>
    public AlertChannel Find(string name) =>
        All.FirstOrDefault(channel => channel.Name == name)
        ?? new AlertChannel(name, static (_, _) => Task.FromResult<SendResult>(
            new SendResult.Failed(null, "The channel is no longer configured.") { IsPermanent = true }));

    /// <summary>The way into a channel; null for one that is not configured.</summary>
    public ChannelLane? LaneOf(string name) => Lanes.GetValueOrDefault(name);

    public void Dispose()
    {
        foreach (var channel in _configured)
        {
            channel.Dispose();
            Lanes[channel.Name].Dispose();
        }
    }

    /// <summary>
    /// Polly holds the circuit, which lives within seconds and one process; the tries over hours are messages of the queue,
    /// which survive both.
    /// </summary>
    private static SendNotification Guard(SendNotification send, TimeProvider time)
    {
        var circuit = new ResiliencePipelineBuilder<SendResult> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<SendResult>
            {
                // A notification that its receiver refuses says nothing about the next one.
                ShouldHandle = static outcome => ValueTask.FromResult(outcome.Outcome.Result is SendResult.Failed { IsPermanent: false, Gone: false }),
                FailureRatio = 1,
                MinimumThroughput = FailuresToBreak,
                SamplingDuration = Break,
                BreakDuration = Break,
            })
            .Build();
        return async (notification, cancellationToken) =>
        {
            var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true, cancellationToken);
            try
            {
                return await circuit.ExecuteAsync(
                    static async (context, state) => await state.send(state.notification, context.CancellationToken), context, (send, notification));
            }
            catch (BrokenCircuitException)
            {
                return new SendResult.Spared();
            }
            finally
            {
                ResilienceContextPool.Shared.Return(context);
            }
        };
    }
}
