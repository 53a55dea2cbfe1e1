using Trailgate.Storage;
using Trailgate.Tests.Support;
using Trailgate.Verify;

namespace Trailgate.Tests.Verify;

public sealed class StrayFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Batches_that_are_archived_and_deleted_while_files_are_listed_are_neither_findings_nor_failures()
    {
        for (var round = 0; round < 3; round++)
        {
            var directory = _folder.Combine(Containers.Inbox, "batches", $"{round}");
            Directory.CreateDirectory(directory);
            var paths = Enumerable.Range(0, 500).Select(number => Path.Combine(directory, $"{number}.ndjson")).ToList();
            foreach (var path in paths)
            {
                await File.WriteAllTextAsync(path, "x");
            }

            var findings = new Findings();
            var deleting = Task.Run(() => paths.ForEach(File.Delete));
            while (!deleting.IsCompleted)
            {
                StrayFiles.Check(_folder.Path, findings, CancellationToken.None);
            }

            await deleting;
            Assert.Equal(0, findings.Count);
        }
    }
}
