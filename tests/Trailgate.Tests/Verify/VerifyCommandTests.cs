using System.Text.Json;
using Trailgate.Cli;
using Trailgate.Storage;
using Trailgate.Tests.Archive;
using Trailgate.Tests.Support;
using Trailgate.Verify;

namespace Trailgate.Tests.Verify;

/// <summary>The command over plain files.</summary>
public sealed class VerifyCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_plain_copy_without_finding_ends_with_0_and_the_head_in_the_last_line()
    {
        var archive = await CopyAsync();
        var before = Everything();

        var (exit, output, errors) = await RunAsync("--key", EvidenceScene.Key.Verifier.ToString());

        Assert.Equal((0, ""), (exit, errors));
        var summary = output.TrimEnd('\n').Split('\n')[^1];
        Assert.StartsWith($"No finding in {_folder.Path}: ", summary, StringComparison.Ordinal);
        Assert.Contains($"head 17:{ArchiveScene.Hash(archive.Read(Containers.Ledger, DamagedArchive.NotePath(17)))} of 2026-11-22 07:25:00Z", summary, StringComparison.Ordinal);
        Assert.EndsWith("signed by a given key.", summary, StringComparison.Ordinal);
        Assert.Equal(before, Everything());
    }

    [Fact]
    public async Task Without_a_key_the_summary_says_that_signatures_were_not_checked()
    {
        await CopyAsync();

        var (exit, output, _) = await RunAsync();

        Assert.Equal(0, exit);
        Assert.EndsWith("signatures were not checked, because no key was given.\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_finding_ends_with_1_and_its_place()
    {
        var archive = await CopyAsync();
        var segment = archive.LargeSegment;
        await File.AppendAllTextAsync(_folder.Combine("archive", segment), "x");

        var (exit, output, _) = await RunAsync("--key", EvidenceScene.Key.Verifier.ToString());

        Assert.Equal(1, exit);
        var length = archive.Read(Containers.Archive, segment).Length;
        Assert.StartsWith($"segment-trailing  archive/{segment} member 4 byte {length}: bytes follow the last gzip member.\n", output, StringComparison.Ordinal);
        Assert.Contains("\n1 finding in ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_one_line_for_each_finding_and_one_for_the_summary()
    {
        var archive = await CopyAsync();
        File.Delete(_folder.Combine("archive", archive.LargeSegment));
        File.Delete(_folder.Combine("ledger", DamagedArchive.NotePath(4)));
        File.Delete(_folder.Combine("ledger", DamagedArchive.NotePath(5)));

        var (exit, output, _) = await RunAsync("--json");

        Assert.Equal(1, exit);
        var lines = output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["segment-missing", "note-missing", "summary"], lines.Select(line => (line.TryGetProperty("code", out var code) ? code : line.GetProperty("type")).GetString()));
        Assert.Equal($"archive/{archive.LargeSegment}", lines[0].GetProperty("blob").GetString());
        Assert.Equal(1, lines[1].GetProperty("followCount").GetInt64());
        Assert.Equal($"ledger/{DamagedArchive.NotePath(5)}", lines[1].GetProperty("follows")[0].GetString());
        Assert.Equal(2, lines[2].GetProperty("findings").GetInt64());
        Assert.Equal(17, lines[2].GetProperty("head").GetProperty("sequence").GetInt64());
    }

    [Fact]
    public async Task A_file_that_no_listing_of_blobs_shows_is_a_finding_and_a_temporary_one_is_not()
    {
        var archive = await CopyAsync();
        var directory = Path.GetDirectoryName(_folder.Combine("archive", archive.LargeSegment))!;
        await File.WriteAllTextAsync(Path.Combine(directory, "0000000003-0123456789ab copy.ndjson.gz"), "x");
        await File.WriteAllTextAsync(Path.Combine(directory, $".{Guid.NewGuid():N}.tmp"), "x");
        await File.WriteAllTextAsync(Path.Combine(directory, ".hidden"), "x");

        var (exit, output, _) = await RunAsync();

        Assert.Equal(1, exit);
        Assert.Equal(
            [".hidden", "0000000003-0123456789ab copy.ndjson.gz"],
            output.Split('\n').Where(line => line.StartsWith(FindingCodes.ObjectUnlisted, StringComparison.Ordinal)).Select(line => line.Split(": ")[0].Split('/')[^1]));
        Assert.Contains("temporary files", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_in_the_place_of_a_segment_is_a_finding()
    {
        var archive = await CopyAsync();
        var path = _folder.Combine("archive", archive.LargeSegment);
        File.Move(path, _folder.Combine("elsewhere"));
        File.CreateSymbolicLink(path, _folder.Combine("elsewhere"));

        var (exit, output, _) = await RunAsync();

        Assert.Equal(1, exit);
        Assert.Contains($"object-unlisted  archive/{archive.LargeSegment}: this is a link", output, StringComparison.Ordinal);
    }

    // Who opens a pipe waits until somebody writes into it; a check that can be stopped so is none.
    [Theory]
    [InlineData("archive")]
    [InlineData("ledger")]
    [InlineData("quarantine")]
    [InlineData("inbox")]
    public async Task A_pipe_in_the_place_of_a_blob_is_a_finding_and_does_not_hold_up_the_check(string container)
    {
        var archive = await CopyAsync();
        var path = Directory.EnumerateFiles(_folder.Combine(container), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).FirstOrDefault()
            ?? _folder.Combine(container, "batches", "20261122T0725", "20261122T072500123Z-0123456789abcdef0123456789abcdef.ndjson");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Delete(path);
        await NamedPipe.MakeAsync(path);

        var (exit, output, _) = await RunAsync();

        Assert.Equal(1, exit);
        Assert.Contains($"object-unlisted  {Path.GetRelativePath(_folder.Path, path)}: this is no regular file", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_name_of_a_file_can_add_a_line_to_the_report()
    {
        await CopyAsync();
        await File.WriteAllTextAsync(_folder.Combine("archive", "x\u001b[2K\r\nNo finding in \u202eeverything"), "x");

        var (exit, output, _) = await RunAsync();

        Assert.Equal(1, exit);
        Assert.Contains(@"object-unlisted  archive/x\u001b[2K\u000d\u000aNo finding in \u202eeverything: no blob can be named so", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', output);
        Assert.DoesNotContain('\r', output);
        Assert.DoesNotContain("\nNo finding", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_that_was_kept_is_compared_as_a_file_and_as_a_hash()
    {
        var archive = await CopyAsync();
        var kept = archive.Read(Containers.Ledger, DamagedArchive.NotePath(17));
        await File.WriteAllBytesAsync(_folder.Combine("kept.note"), kept);

        Assert.Equal(0, (await RunAsync("--head", _folder.Combine("kept.note"))).Exit);
        Assert.Equal(0, (await RunAsync("--head", $"17:{ArchiveScene.Hash(kept)}")).Exit);
        Assert.Contains("head-conflict", (await RunAsync("--head", $"17:{new string('0', 64)}")).Output, StringComparison.Ordinal);
        Assert.Contains("ledger-cut", (await RunAsync("--head", $"18:{new string('0', 64)}")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("is not there", "--data", "/nonexistent/trailgate")]
    [InlineData("neither the file of a note nor", "--head", "no such file")]
    [InlineData("no time span", "--cadence", "often")]
    [InlineData("no time span", "--cadence", "5")]
    [InlineData("no time span", "--cadence", "25:00:00")]
    [InlineData("--key", "--key", "no key")]
    [InlineData("--store chooses", "--store", "eu")]
    public async Task What_can_not_be_checked_ends_with_2_and_the_reason(string reason, string option, string value)
    {
        await CopyAsync();

        var (exit, output, errors) = await RunAsync(option, value);

        Assert.Equal((2, ""), (exit, output));
        Assert.Contains(reason, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_without_an_archive_is_never_called_whole()
    {
        var (exit, output, errors) = await RunAsync();

        Assert.Equal((2, ""), (exit, output));
        Assert.StartsWith("There is no archive in ", errors, StringComparison.Ordinal);
    }

    private async Task<DamagedArchive> CopyAsync()
    {
        var archive = await EvidenceScene.CopyAsync();
        foreach (var (name, bytes) in archive.Store.Blobs)
        {
            var path = _folder.Combine(name.Container, name.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, bytes.ToArray());
        }

        return archive;
    }

    private string Everything() => string.Join('\n', Directory.GetFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal).Select(path => $"{path} {File.GetLastWriteTimeUtc(path):O}"));

    private async Task<(int Exit, string Output, string Errors)> RunAsync(params string[] options)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        string[] data = options.Contains("--data") ? [] : ["--data", _folder.Path];
        var exit = await CommandLine.RunAsync(["verify", .. data, .. options], output, errors);
        return (exit, output.ToString(), errors.ToString());
    }
}
