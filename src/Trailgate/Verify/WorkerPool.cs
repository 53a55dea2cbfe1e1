using System.Threading.Channels;

namespace Trailgate.Verify;

/// <summary>
/// Some workers, each with its own buffers, over a short queue: what is listed waits until there is a worker for it, so
/// memory does not grow with the archive.
/// </summary>
internal sealed class WorkerPool<TWorker> : IAsyncDisposable
    where TWorker : IDisposable
{
    private readonly Channel<Func<TWorker, CancellationToken, Task>> _jobs;
    private readonly CancellationTokenSource _stop;
    private readonly Task[] _workers;
    private readonly SemaphoreSlim _open;
    private readonly int _most;

    public WorkerPool(int workers, Func<TWorker> create, CancellationToken cancellationToken)
    {
        _most = workers * 4;
        _open = new SemaphoreSlim(_most);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _jobs = Channel.CreateBounded<Func<TWorker, CancellationToken, Task>>(new BoundedChannelOptions(_most) { SingleWriter = true });
        _workers = [.. Enumerable.Range(0, workers).Select(_ => Task.Run(() => WorkAsync(create), _stop.Token))];
    }

    /// <summary>Waits for room in the queue.</summary>
    /// <exception cref="OperationCanceledException">A job failed, or it was stopped; <see cref="DisposeAsync"/> throws what failed.</exception>
    public async Task AddAsync(Func<TWorker, CancellationToken, Task> job)
    {
        await _open.WaitAsync(_stop.Token);
        await _jobs.Writer.WriteAsync(job, _stop.Token);
    }

    /// <summary>Waits until all that was added is done.</summary>
    public async Task DrainAsync()
    {
        for (var i = 0; i < _most; i++)
        {
            await _open.WaitAsync(_stop.Token);
        }

        _open.Release(_most);
    }

    /// <summary>Waits for the workers, and throws what one of them failed with.</summary>
    public async ValueTask DisposeAsync()
    {
        _jobs.Writer.TryComplete();
        try
        {
            await Task.WhenAll(_workers);
        }
        finally
        {
            _stop.Dispose();
            _open.Dispose();
        }
    }

    private async Task WorkAsync(Func<TWorker> create)
    {
        if (!await _jobs.Reader.WaitToReadAsync(_stop.Token))
        {
            return;
        }

        using var worker = create();
        try
        {
            await foreach (var job in _jobs.Reader.ReadAllAsync(_stop.Token))
            {
                await job(worker, _stop.Token);
                _open.Release();
            }
        }
        catch
        {
            // The others need not go on, and nobody may wait for room that never comes.
            await _stop.CancelAsync();
            throw;
        }
    }
}
