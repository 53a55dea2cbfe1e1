using System.Text.Json;
using Microsoft.Extensions.Logging;
using Trailgate.Storage;

namespace Trailgate.Query.Views;

/// <summary>
/// The saved views, one blob each in the default store; everybody who may read sees the same. Of two who write one view the
/// later one wins. The bound on their number is looked at before a view is added, so writers at one moment may pass it by
/// as many as they are.
/// </summary>
public sealed partial class ViewStore(Stores stores, ILogger<ViewStore> logger)
{
    /// <summary>Most views beside the shipped ones.</summary>
    public const int MaxViews = 200;

    /// <summary>Longest stored form, in bytes.</summary>
    public const int MaxBytes = 16 * 1024;

    private const int MaxTries = 10;

    private IBlobStore Blobs => stores.Default.Blobs;

    /// <summary>All views: the shipped ones, then the others by name. One whose blob is damaged is left out, and logged.</summary>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<IReadOnlyList<NamedView>> ListAsync(CancellationToken cancellationToken)
    {
        var views = new List<NamedView>(ShippedViews.All);
        await foreach (var entry in Blobs.ListAsync(Containers.Views, "", after: null, cancellationToken))
        {
            if (ViewName.TryParse(entry.Name, out var name) && ShippedViews.Find(name) is null && await ReadAsync(name, cancellationToken) is { } view)
            {
                views.Add(view);
            }
        }

        return views;
    }

    /// <summary>One view; null when there is none, or its blob is damaged.</summary>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<NamedView?> FindAsync(ViewName name, CancellationToken cancellationToken) =>
        ShippedViews.Find(name) ?? await ReadAsync(name, cancellationToken);

    /// <summary>Adds or replaces a view that was checked.</summary>
    /// <exception cref="StorageException">The store could not do it, or others wrote all the time; the view may stand all the same, and a retry is safe.</exception>
    internal async Task<ViewWrite> PutAsync(ViewName name, SavedView view, CancellationToken cancellationToken)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(view, ViewJsonContext.Default.SavedView);
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var known = await Blobs.ReadAsync(name.Blob, cancellationToken);
            if (known is null && await CountAsync(cancellationToken) >= MaxViews)
            {
                return ViewWrite.TooMany;
            }

            if (await Blobs.ReplaceAsync(name.Blob, bytes, known?.Version, cancellationToken) is not null)
            {
                return known is null ? ViewWrite.Created : ViewWrite.Replaced;
            }
        }

        throw new StorageException($"The view {name} was changed by others {MaxTries} times while it was written.");
    }

    /// <summary>Deletes a view; false when there was none.</summary>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    internal Task<bool> DeleteAsync(ViewName name, CancellationToken cancellationToken) => Blobs.DeleteAsync(name.Blob, cancellationToken);

    private async Task<int> CountAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        await foreach (var _ in Blobs.ListAsync(Containers.Views, "", after: null, cancellationToken))
        {
            count++;
        }

        return count;
    }

    private async Task<NamedView?> ReadAsync(ViewName name, CancellationToken cancellationToken)
    {
        if (await Blobs.ReadAsync(name.Blob, cancellationToken) is not { } content)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(content.Bytes.Span, ViewJsonContext.Default.SavedView) is { } view
                ? new NamedView(name, view, IsShipped: false)
                : null;
        }
        catch (JsonException e)
        {
            LogDamaged(name.Blob, e);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Blob} holds no view; it is not shown until it is written anew or deleted.")]
    private partial void LogDamaged(BlobName blob, JsonException exception);
}

/// <summary>What became of a view that was to be written.</summary>
internal enum ViewWrite
{
    /// <summary>It is there now.</summary>
    Created,

    /// <summary>It stands in the place of an older one.</summary>
    Replaced,

    /// <summary>There are as many views as there may be.</summary>
    TooMany,
}
