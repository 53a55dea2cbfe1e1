using System.Text;
using Trailgate.Storage;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Storage;

public class FileBlobStoreTests : DirectoryStoreContract, IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly BlobName Name = new("inbox", "batches/a.ndjson");

    private readonly TempFolder _folder = new();
    private readonly FileBlobStore _store;

    public FileBlobStoreTests() => _store = new FileBlobStore(_folder.Combine("not", "yet", "there"));

    protected override IBlobStore Store => _store;

    protected FileBlobStore Files => _store;

    public void Dispose() => _folder.Dispose();

    private string[] AllFiles() =>
        [.. Directory.EnumerateFiles(_store.Root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
            .Select(path => Path.GetRelativePath(_store.Root, path)).Order(StringComparer.Ordinal)];

    [Fact]
    public async Task A_put_makes_its_file_and_nothing_else()
    {
        await _store.PutAsync(Name, new byte[3], None);

        Assert.Equal(["inbox/batches/a.ndjson"], AllFiles());
    }

    [Fact]
    public async Task A_put_that_fails_leaves_no_file_of_any_name()
    {
        await Assert.ThrowsAsync<FormatException>(() => _store.PutAsync(Name, (stream, _) =>
        {
            stream.Write(new byte[100_000]);
            throw new FormatException();
        }, None));

        Assert.Empty(AllFiles());
    }

    [Fact]
    public async Task A_put_of_a_taken_name_leaves_no_temporary_file()
    {
        await _store.PutAsync(Name, new byte[1], None);

        // The other writer comes while this one writes: the check beforehand can not see it.
        var name = new BlobName("inbox", "batches/b.ndjson");
        var late = await _store.PutAsync(name, async (stream, token) =>
        {
            await stream.WriteAsync(new byte[2], token);
            Assert.Equal(PutResult.Created, await new FileBlobStore(_store.Root).PutAsync(name, new byte[9], token));
        }, None);

        Assert.Equal(PutResult.AlreadyExists, late);
        Assert.Equal(9, (await _store.ReadAsync(name, None))!.Bytes.Length);
        Assert.Equal(["inbox/batches/a.ndjson", "inbox/batches/b.ndjson"], AllFiles());
    }

    [Fact]
    public async Task Two_stores_on_one_root_see_each_others_blobs_and_versions()
    {
        var other = new FileBlobStore(_store.Root);
        await _store.PutAsync(Name, Encoding.UTF8.GetBytes("one"), None);
        Assert.Equal(PutResult.AlreadyExists, await other.PutAsync(Name, Encoding.UTF8.GetBytes("two"), None));

        var version = (await other.ReadAsync(Name, None))!.Version;
        var next = await _store.ReplaceAsync(Name, Encoding.UTF8.GetBytes("three"), version, None);

        Assert.Null(await other.ReplaceAsync(Name, Encoding.UTF8.GetBytes("four"), version, None));
        Assert.NotNull(await other.ReplaceAsync(Name, Encoding.UTF8.GetBytes("five"), next, None));
        Assert.True(await other.DeleteAsync(Name, None));
        Assert.Null(await _store.ReadAsync(Name, None));
    }

    [Fact]
    public async Task A_relic_of_a_replace_that_crashed_does_no_harm()
    {
        var name = new BlobName("inbox", "plan.json");
        var version = await _store.ReplaceAsync(name, Encoding.UTF8.GetBytes("one"), null, None);
        await File.WriteAllTextAsync(Path.Combine(_store.Root, "inbox", ".plan.json.new"), "a longer text that was never published");

        Assert.NotNull(await _store.ReplaceAsync(name, Encoding.UTF8.GetBytes("two"), version, None));

        Assert.Equal("two", Encoding.UTF8.GetString((await _store.ReadAsync(name, None))!.Bytes.Span));
        Assert.Equal(["inbox/.plan.json.lock", "inbox/plan.json"], AllFiles());
    }

    [Fact]
    public async Task A_crash_between_the_link_and_the_removal_of_the_temporary_name_does_no_harm()
    {
        var name = new BlobName("inbox", "plan.json");
        var version = await _store.ReplaceAsync(name, Encoding.UTF8.GetBytes("one"), null, None);
        var path = Path.Combine(_store.Root, "inbox", "plan.json");
        Assert.True(Posix.Link(path, Path.Combine(_store.Root, "inbox", ".plan.json.new")));
        await using var reader = await _store.OpenReadAsync(name, 0, null, None);

        Assert.NotNull(await _store.ReplaceAsync(name, Encoding.UTF8.GetBytes("two"), version, None));

        Assert.Equal((byte)'o', reader!.ReadByte());
        Assert.Equal("two", Encoding.UTF8.GetString((await _store.ReadAsync(name, None))!.Bytes.Span));
        Assert.Equal(["inbox/.plan.json.lock", "inbox/plan.json"], AllFiles());
    }

    [Fact]
    public async Task Versions_go_up_though_the_clock_of_the_machine_went_back()
    {
        var name = new BlobName("inbox", "plan.json");
        var same = Encoding.UTF8.GetBytes("same");
        await _store.ReplaceAsync(name, same, null, None);
        var path = Path.Combine(_store.Root, "inbox", "plan.json");
        File.SetLastWriteTimeUtc(path, new DateTime(2099, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var ahead = (await _store.ReadAsync(name, None))!.Version;

        var next = await _store.ReplaceAsync(name, same, ahead, None);

        Assert.NotNull(next);
        Assert.True(File.GetLastWriteTimeUtc(path) > new DateTime(2099, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(next, (await _store.ReadAsync(name, None))!.Version);
        Assert.Null(await _store.ReplaceAsync(name, same, ahead, None));
    }

    [Fact]
    public async Task Files_and_directories_are_closed_to_others()
    {
        await _store.PutAsync(Name, new byte[1], None);
        await _store.ReplaceAsync(new BlobName("inbox", "plan.json"), new byte[1], null, None);

        const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute | UnixFileMode.GroupWrite;
        foreach (var path in (string[])[_store.Root, .. Directory.EnumerateFileSystemEntries(_store.Root, "*", SearchOption.AllDirectories)])
        {
            Assert.Equal(UnixFileMode.None, OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path) & Others);
        }
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData(".hidden")]
    [InlineData("a/./b")]
    [InlineData("a\\b")]
    [InlineData("a\0b")]
    public void A_name_that_could_leave_the_root_can_not_be_made(string path)
    {
        Assert.Throws<ArgumentException>(() => new BlobName("inbox", path));
        Assert.Throws<ArgumentException>(() => new BlobName("../inbox", "a"));
    }

    [Fact]
    public async Task A_name_without_a_value_is_refused()
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => _store.PutAsync(default, new byte[1], None));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => _store.DeleteAsync(default, None));
    }

    [Fact]
    public async Task A_listing_refuses_a_container_that_is_a_path()
    {
        await Assert.ThrowsAsync<ArgumentException>(async () =>
        {
            await foreach (var _ in _store.ListAsync("../elsewhere", "", null, None))
            {
            }
        });
    }

    [Fact]
    public async Task Symbolic_links_and_foreign_files_are_no_blobs()
    {
        await _store.PutAsync(Name, new byte[1], None);
        var batches = Path.Combine(_store.Root, "inbox", "batches");
        var secret = _folder.Combine("secret");
        await File.WriteAllTextAsync(secret, "not in the store");
        File.CreateSymbolicLink(Path.Combine(batches, "link"), secret);
        Directory.CreateSymbolicLink(Path.Combine(batches, "linked"), _folder.Path);
        await File.WriteAllTextAsync(Path.Combine(batches, "white space"), "");

        Assert.Equal(["batches/a.ndjson"], await _store.ListPathsAsync("inbox", "", None).ToListAsync());
        await Assert.ThrowsAsync<StorageException>(() => _store.ReadAsync(new BlobName("inbox", "batches/link"), None));
        await Assert.ThrowsAsync<StorageException>(() => _store.PutAsync(new BlobName("inbox", "batches/link"), new byte[1], None));
    }

    [Fact]
    public async Task A_pipe_is_no_blob_and_nobody_waits_for_its_writer()
    {
        await _store.PutAsync(Name, ReadOnlyMemory<byte>.Empty, None);
        await NamedPipe.MakeAsync(Path.Combine(_store.Root, "inbox", "batches", "pipe"));
        var pipe = new BlobName("inbox", "batches/pipe");

        Assert.Equal(["batches/a.ndjson"], await _store.ListPathsAsync("inbox", "", None).ToListAsync());
        Assert.EndsWith("is no regular file.", (await Assert.ThrowsAsync<StorageException>(() => _store.ReadAsync(pipe, None))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StorageException>(() => _store.OpenReadAsync(pipe, 0, null, None));
        Assert.Equal(PutResult.AlreadyExists, await _store.PutAsync(pipe, new byte[1], None));
        Assert.True(await _store.DeleteAsync(pipe, None));
    }

    [Fact]
    public async Task A_root_that_vanished_is_not_made_anew()
    {
        await _store.PutAsync(Name, new byte[1], None);
        Directory.Delete(_store.Root, recursive: true);

        await Assert.ThrowsAsync<StorageException>(() => _store.PutAsync(new BlobName("inbox", "batches/b"), new byte[1], None));
        await Assert.ThrowsAsync<StorageException>(() => _store.PutAsync(new BlobName("inbox", "batches/b"), new byte[1], None));
        Assert.False(Directory.Exists(_store.Root));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("", true)]
    [InlineData("inbox", true)]
    public async Task A_store_that_is_away_is_a_storage_fault_and_not_an_empty_store(string away, bool fileInItsPlace)
    {
        await _store.PutAsync(Name, new byte[1], None);
        var directory = Path.Combine(_store.Root, away).TrimEnd('/');
        Directory.Delete(directory, recursive: true);
        if (fileInItsPlace)
        {
            await File.WriteAllTextAsync(directory, "");
        }

        await Assert.ThrowsAsync<StorageException>(() => _store.ReadAsync(Name, None));
        await Assert.ThrowsAsync<StorageException>(() => _store.OpenReadAsync(Name, 0, null, None));
        await Assert.ThrowsAsync<StorageException>(() => _store.DeleteAsync(Name, None));
        await Assert.ThrowsAsync<StorageException>(async () => await _store.ListPathsAsync("inbox", "", None).ToListAsync());
        await Assert.ThrowsAsync<StorageException>(() => _store.ReplaceAsync(Name, new byte[1], "any", None));
    }

    [Fact]
    public async Task A_directory_that_vanished_costs_one_failed_put()
    {
        await _store.PutAsync(Name, new byte[1], None);
        Directory.Delete(Path.Combine(_store.Root, "inbox"), recursive: true);

        await Assert.ThrowsAsync<StorageException>(() => _store.PutAsync(Name, new byte[1], None));
        Assert.Equal(PutResult.Created, await _store.PutAsync(Name, new byte[1], None));
    }

    [Fact]
    public async Task A_root_that_is_a_file_is_a_storage_fault()
    {
        var file = _folder.Combine("file");
        await File.WriteAllTextAsync(file, "");

        Assert.Throws<StorageException>(() => new FileBlobStore(Path.Combine(file, "below")));
    }

    [Fact]
    public void A_full_disk_is_a_storage_fault_that_names_the_file()
    {
        using var full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write);
        using var stream = new PublishStream(full, "the/path");

        var thrown = Assert.Throws<StorageException>(() => stream.Write(new byte[10]));

        Assert.Contains("the/path", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("No space left", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_the_writer_kept_can_not_change_what_is_published()
    {
        Stream? kept = null;
        await _store.PutAsync(Name, (stream, _) =>
        {
            kept = stream;
            stream.Write(new byte[2]);
            return Task.CompletedTask;
        }, None);

        Assert.Throws<ObjectDisposedException>(() => kept!.Write(new byte[1]));
        Assert.Equal(2, (await _store.ReadAsync(Name, None))!.Bytes.Length);
    }

    [Fact]
    public async Task A_put_from_memory_is_done_when_it_returns()
    {
        var put = _store.PutAsync(Name, new byte[100], None);

        Assert.True(put.IsCompletedSuccessfully);
        Assert.Equal(PutResult.Created, await put);
    }
}
