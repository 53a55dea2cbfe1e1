using System.ComponentModel.DataAnnotations;

namespace Trailgate.Hosting;

/// <summary>Where everything is kept.</summary>
public sealed class StorageOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Trailgate";

    /// <summary>
    /// The directory of the file store, made at start when it is not there. A relative path counts from the current
    /// directory.
    /// </summary>
    [Required]
    public string Data { get; set; } = "./data";
}
