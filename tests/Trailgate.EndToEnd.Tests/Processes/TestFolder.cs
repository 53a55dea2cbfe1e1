namespace Trailgate.EndToEnd.Tests.Processes;

/// <summary>A directory of a test's own, removed with all that is in it.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("trailgate-e2e-").FullName;

    /// <summary>Where the processes of the test keep their data.</summary>
    public string Data => System.IO.Path.Combine(Path, "data");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
