namespace Trailgate.Tests.Storage;

/// <summary>All tests of the file store again, as on a system without unnamed files (macOS, some network file systems).</summary>
public sealed class FileBlobStoreWithNamedFilesTests : FileBlobStoreTests
{
    public FileBlobStoreWithNamedFilesTests() => Files.Publisher.UseNamedFiles = true;
}
