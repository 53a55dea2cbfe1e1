using Azure;

namespace Trailgate.Azure;

/// <summary>Makes what an account lacks, and is content with what others made where we may not.</summary>
internal static class Provision
{
    /// <summary>Makes something that may be there.</summary>
    /// <param name="what">It, for messages.</param>
    /// <param name="make">Makes it, or finds it.</param>
    /// <param name="exists">Whether it is there: asked when the right to make it is missing.</param>
    /// <param name="cancellationToken">Stops the attempt; a repetition is safe.</param>
    /// <exception cref="Storage.StorageException">It is not there and can not be made.</exception>
    public static async Task EnsureAsync(
        string what, Func<CancellationToken, Task> make, Func<CancellationToken, Task<Response<bool>>> exists, CancellationToken cancellationToken)
    {
        try
        {
            await make(cancellationToken);
        }
        catch (Exception e) when (AzureFault.Is(e, cancellationToken))
        {
            if (e is not RequestFailedException { Status: 403 } || !await IsThereAsync(exists, cancellationToken))
            {
                throw AzureFault.Wrap($"make {what}", e);
            }
        }
    }

    private static async Task<bool> IsThereAsync(Func<CancellationToken, Task<Response<bool>>> exists, CancellationToken cancellationToken)
    {
        try
        {
            return await exists(cancellationToken);
        }
        catch (Exception e) when (AzureFault.Is(e, cancellationToken))
        {
            return false; // the refusal to make it is what counts
        }
    }
}
