namespace Trailgate.Alerts.Delivery;

/// <summary>
/// Lets some handlers into a channel at once. Whoever finds it full waits for a moment, as long as a receiver takes that
/// works, and then does something else: otherwise one that hangs would come to hold all handlers there are.
/// </summary>
internal sealed class ChannelLane(int places, TimeProvider time) : IDisposable
{
    /// <summary>How long to wait for a place.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>How long to leave a message alone that found none.</summary>
    public static readonly TimeSpan ComeBack = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _places = new(places);

    /// <summary>False when there is no place. Otherwise <see cref="Leave"/> gives it back.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<bool> TryEnterAsync(CancellationToken cancellationToken)
    {
        if (_places.Wait(0, CancellationToken.None))
        {
            return true;
        }

        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await _places.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public void Leave() => _places.Release();

    public void Dispose() => _places.Dispose();
}
