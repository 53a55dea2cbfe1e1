using Microsoft.Extensions.Hosting;

namespace Trailgate.Azure;

/// <summary>Makes containers and queue before anything else of the host starts; a host that can not reach them does not start.</summary>
public sealed class AzurePreparation(AzureBlobStore blobs, AzureMessageQueue queue) : IHostedLifecycleService
{
    /// <summary>Makes what is missing. For commands, which have no host that would do it.</summary>
    /// <exception cref="Storage.StorageException">The account can not be used; the message says why.</exception>
    public Task StartingAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(blobs.PrepareAsync(cancellationToken), queue.PrepareAsync(cancellationToken));

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
