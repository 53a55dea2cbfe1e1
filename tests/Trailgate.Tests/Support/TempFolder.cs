namespace Trailgate.Tests.Support;

/// <summary>A directory of a test's own, removed with all that is in it.</summary>
public sealed class TempFolder : IDisposable
{
    /// <summary>The absolute path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("trailgate-test-").FullName;

    /// <summary>The absolute path of something in it.</summary>
    public string Combine(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // The test removed it itself.
        }
    }
}
