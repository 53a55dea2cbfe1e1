using Trailgate.Azure;
using Trailgate.Storage;

namespace Trailgate.Cli;

/// <summary>Makes the configured stores ready, for a command without a host.</summary>
internal static class StorePreparation
{
    /// <summary>Opens all stores, and makes the containers of an account.</summary>
    /// <exception cref="StorageException">A store can not be used.</exception>
    public static async Task PrepareAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        services.GetRequiredService<Stores>();
        if (services.GetService<AzurePreparation>() is { } azure)
        {
            await azure.StartingAsync(cancellationToken);
        }
    }
}
