using Trailgate.Hosting;
using Trailgate.Storage;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Hosting;

public sealed class DataDirectoryTests
{
    [Fact]
    public void A_missing_directory_is_made_and_left_empty()
    {
        using var folder = new TempFolder();

        var path = DataDirectory.Prepare(Path.Combine(folder.Path, "a", "b"));

        Assert.Equal(Path.Combine(folder.Path, "a", "b"), path);
        Assert.Empty(Directory.EnumerateFileSystemEntries(path));
    }

    [Fact]
    public void A_path_that_can_not_be_a_directory_is_refused_by_name()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "file");
        File.WriteAllText(file, "");

        var refused = Assert.Throws<StorageException>(() => DataDirectory.Prepare(Path.Combine(file, "data")));

        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
    }
}
