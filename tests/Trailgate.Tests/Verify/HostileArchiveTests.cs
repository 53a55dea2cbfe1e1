using Trailgate.Storage;
using Trailgate.Tests.Archive;
using Trailgate.Verify;

namespace Trailgate.Tests.Verify;

/// <summary>Archives that were made to bring a verifier down, by somebody who has the key: each has its finding, and an end.</summary>
public class HostileArchiveTests
{
    [Fact]
    public async Task A_note_may_name_any_manifest()
    {
        var archive = await EvidenceScene.CopyAsync();
        await archive.ForgeNotesAsync(
            note => note.Sequence < 17 ? note : note with { Heads = [.. note.Heads.Select(head => head with { Sequence = long.MaxValue })] }, EvidenceScene.Key);

        var report = await archive.VerifyAsync();

        Assert.Contains(report.Findings, finding => finding.Code == FindingCodes.NoteHeads);
    }

    [Fact]
    public async Task A_note_may_have_any_number()
    {
        var archive = await EvidenceScene.CopyAsync();
        await archive.PutAsync(Containers.Ledger, DamagedArchive.NotePath(9_999_999_999), archive.Read(Containers.Ledger, DamagedArchive.NotePath(17)));

        Assert.Equal(FindingCodes.NoteMissing, Assert.Single((await archive.VerifyAsync()).Findings).Code);
    }

    [Fact]
    public async Task Counts_may_be_as_large_as_numbers_are()
    {
        var archive = await EvidenceScene.CopyAsync();
        await archive.ForgeAsync(
            "jp-tok", 7,
            manifest => manifest with { Segments = [.. manifest.Segments.Select(segment => segment with { Lines = long.MaxValue, Bytes = long.MaxValue, UncompressedBytes = long.MaxValue })] },
            EvidenceScene.Key);

        var report = await archive.VerifyAsync();

        Assert.Contains(report.Findings, finding => finding.Code == FindingCodes.ManifestCounts);
        Assert.Contains(report.Findings, finding => finding.Code == FindingCodes.ManifestMalformed);
    }

    [Theory]
    [InlineData("../../../etc/passwd")]
    [InlineData("region=jp-tok/date=2026-11-22/hour=03/../../0000000007-0123456789ab.ndjson.gz")]
    [InlineData("region=jp-tok/date=2026-13-22/hour=03/0000000007-0123456789ab.ndjson.gz")]
    [InlineData("")]
    public async Task A_manifest_may_list_any_name(string name)
    {
        var archive = await EvidenceScene.CopyAsync();
        await archive.ForgeAsync(
            "jp-tok", 7,
            manifest => manifest.Sequence > 7 ? manifest : manifest with { Segments = [manifest.Segments[0] with { Name = name }, .. manifest.Segments.Skip(1)] },
            EvidenceScene.Key);

        var report = await archive.VerifyAsync();

        Assert.Contains(report.Findings, finding => finding.Code == FindingCodes.ManifestMalformed && finding.Place.Blob == $"archive/{DamagedArchive.ManifestPath("jp-tok", 7)}");
    }

    [Fact]
    public async Task A_blob_that_should_be_small_may_be_of_any_size()
    {
        var archive = await EvidenceScene.CopyAsync();
        await archive.ReplaceAsync(Containers.Archive, DamagedArchive.ManifestPath("jp-tok", 7), new byte[ManifestCheck.MaxManifestBytes + 1]);
        await archive.ReplaceAsync(Containers.Ledger, DamagedArchive.NotePath(9), new byte[LedgerCheck.MaxNoteBytes + 1]);
        var name = new string('0', 64);
        // 90 MB of zeros in 90 KB.
        await archive.PutAsync(Containers.Archive, $"overflow/00/{name}.json.gz", Gzip.Compress(new byte[OverflowCheck.MaxBytes + 1]));

        var report = await archive.VerifyAsync();

        Assert.Equal(
            [FindingCodes.ManifestChanged, FindingCodes.NoteMalformed, FindingCodes.OverflowChanged],
            report.Findings.Select(finding => finding.Code).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Findings_without_number_are_counted_and_the_first_of_them_kept()
    {
        var archive = await EvidenceScene.CopyAsync();
        for (var i = 0; i < Findings.MaxKept + 10; i++)
        {
            await archive.PutAsync(Containers.Archive, $"region=jp-tok/extra-{i:D5}", new byte[1]);
        }

        var report = await archive.VerifyAsync();

        Assert.Equal((Findings.MaxKept, Findings.MaxKept + 10L), (report.Findings.Count, report.FindingCount));
    }
}
