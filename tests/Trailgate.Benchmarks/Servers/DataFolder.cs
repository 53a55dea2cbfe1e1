namespace Trailgate.Benchmarks.Servers;

/// <summary>A data directory that is gone afterwards.</summary>
internal sealed class DataFolder : IDisposable
{
    /// <param name="parent">Where to make it; null for the system's place for temporary files.</param>
    public DataFolder(string? parent) =>
        Path = Directory.CreateDirectory(System.IO.Path.Combine(parent ?? System.IO.Path.GetTempPath(), $"trailgate-bench-{Environment.ProcessId}-{Guid.NewGuid():N}")).FullName;

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
