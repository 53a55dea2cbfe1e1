namespace Trailgate.EndToEnd.Tests.Storage;

/// <summary>
/// Killing a process proves no fsync, because the page cache survives it. So these tests look at the system calls
/// themselves, in their order.
/// </summary>
public sealed class DurabilityTraceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("trailgate-trace-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [StraceFact]
    public async Task A_put_flushes_the_file_links_it_and_flushes_the_directory_and_every_new_parent()
    {
        var root = Path.Combine(_folder, "data");

        var calls = await TraceAsync(root, "batches/2026-11-22/08/a.ndjson", "traced-content");

        // In this order: content, its flush, the name, the flush of the name.
        var write = Index(calls, call => call.Name is "pwrite64" or "write" && call.Arguments.Contains("traced-content", StringComparison.Ordinal));
        var fileFlush = Index(calls, call => call.Name is "fsync" && call.Descriptor == calls[write].Descriptor);
        var link = Index(calls, call => call.Name is "linkat" && call.Arguments.Contains("/08/a.ndjson\"", StringComparison.Ordinal));
        var directoryFlush = calls.FindLastIndex(call => call.Name is "fsync" && call.Descriptor == $"{root}/inbox/batches/2026-11-22/08");
        Assert.True(write < fileFlush && fileFlush < link && link < directoryFlush, Describe(calls));

        // Each directory that was made is in its parent for good, before the answer.
        var answer = Index(calls, call => call.Name is "write" && call.Arguments.Contains("Created", StringComparison.Ordinal));
        Assert.True(directoryFlush < answer, Describe(calls));
        foreach (var made in (string[])["/inbox/batches/2026-11-22/08", "/inbox/batches/2026-11-22", "/inbox/batches", "/inbox", ""])
        {
            var directory = root + made;
            var make = Index(calls, call => call.Name is "mkdir" or "mkdirat" && call.Arguments.Contains($"\"{directory}\"", StringComparison.Ordinal));
            var parentFlush = calls.FindIndex(make, call => call.Name is "fsync" && call.Descriptor == Path.GetDirectoryName(directory));
            Assert.True(parentFlush > make && parentFlush < answer, $"{Path.GetDirectoryName(directory)} is not flushed after {directory} was made.\n{Describe(calls)}");
        }
    }

    [StraceFact]
    public async Task A_put_that_finds_the_name_taken_flushes_what_stands_there_before_it_answers()
    {
        var root = Path.Combine(_folder, "data");
        Directory.CreateDirectory(Path.Combine(root, "inbox", "batches"));
        await File.WriteAllTextAsync(Path.Combine(root, "inbox", "batches", "a"), "by a writer that died before its flush");

        var calls = await TraceAsync(root, "batches/a", "traced-content");

        var answer = Index(calls, call => call.Name is "write" && call.Arguments.Contains("AlreadyExists", StringComparison.Ordinal));
        foreach (var path in (string[])["/inbox/batches/a", "/inbox/batches", "/inbox", ""])
        {
            var flush = Index(calls, call => call.Name is "fsync" && call.Descriptor == root + path);
            Assert.True(flush < answer, Describe(calls));
        }

        Assert.DoesNotContain(calls, call => call.Name is "linkat" or "rename" or "renameat" or "renameat2");
    }

    private async Task<List<SystemCall>> TraceAsync(string root, string path, string text)
    {
        var trace = Path.Combine(_folder, "trace");
        using var worker = WorkerProcess.Start(
        [
            StraceFactAttribute.Locate()!, // not null: else the test is skipped
            "-f", "-y", "-s", "256", "-o", trace,
            "-e", "trace=/^(pwrite64|write|fsync|fdatasync|linkat|link|rename.*|mkdir|mkdirat)$",
            .. WorkerProcess.Command("put-once", root, path, text),
        ]);
        await worker.FinishAsync();
        return SystemCallTrace.Parse(await File.ReadAllLinesAsync(trace));
    }

    private static int Index(List<SystemCall> calls, Predicate<SystemCall> wanted)
    {
        var index = calls.FindIndex(wanted);
        Assert.True(index >= 0, $"A call is missing.\n{Describe(calls)}");
        return index;
    }

    private static string Describe(List<SystemCall> calls) =>
        string.Join('\n', calls.Where(call => call.Name is not "write" || call.Arguments.Contains("trailgate", StringComparison.Ordinal)).Select(call => $"{call.Name}({call.Arguments})"));
}
