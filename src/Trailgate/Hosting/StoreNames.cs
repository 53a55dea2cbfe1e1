using Microsoft.Extensions.Configuration;
using Trailgate.Storage;

namespace Trailgate.Hosting;

/// <summary>
/// The names of the stores that the settings declare, for checks of settings that name one. Read off the configuration,
/// because the options themselves can not be had while one of them is wrong, and all that is wrong is told at once.
/// </summary>
internal sealed class StoreNames(IConfiguration configuration)
{
    private readonly List<string> _names =
    [
        Store.DefaultName,
        .. configuration.GetSection($"{StorageOptions.Section}:{nameof(StorageOptions.Stores)}").GetChildren().Select(store => ChosenName.Of(store.Key)),
    ];

    /// <summary>Why a setting can not have this value, as the rest of a sentence; null when there is such a store.</summary>
    public string? Refuse(string? store) => _names.Contains(store ?? "")
        ? null
        : $"must be one of the stores {string.Join(", ", _names)}; others are declared by {StorageOptions.Section}:{nameof(StorageOptions.Stores)}:{SettingNames.Placeholder}:{nameof(StoreOptions.Data)}.";
}
