using Microsoft.Extensions.Options;
using Trailgate.Azure;
using Trailgate.Hosting;

namespace Trailgate.Cli;

/// <summary>What depends on the store that was configured: making it ready, and telling which one it is.</summary>
internal static class StoreChoice
{
    /// <summary>Makes the directory of a file store; an account is made ready when the host starts.</summary>
    /// <exception cref="Storage.StorageException">The directory can not be written.</exception>
    public static void PrepareFiles(IServiceProvider services)
    {
        if (services.GetService<AzureAccount>() is null)
        {
            DataDirectory.Prepare(DataOf(services));
        }
    }

    /// <summary>Makes the store ready, for a command without a host.</summary>
    /// <exception cref="Storage.StorageException">The store can not be used.</exception>
    public static async Task PrepareAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        PrepareFiles(services);
        if (services.GetService<AzurePreparation>() is { } azure)
        {
            await azure.StartingAsync(cancellationToken);
        }
    }

    /// <summary>The store in a few words, without secrets.</summary>
    public static string Describe(IServiceProvider services) =>
        services.GetService<AzureAccount>() is { } account ? account.Name : Path.GetFullPath(DataOf(services));

    private static string DataOf(IServiceProvider services) => services.GetRequiredService<IOptions<StorageOptions>>().Value.Data;
}
