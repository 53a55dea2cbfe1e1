using System.Text;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Signing;

namespace Trailgate.Tests.Archive;

public class ArchiveFormatTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 22, 6, 0, 0, TimeSpan.Zero);
    private static readonly string A = new('a', 64);
    private static readonly string B = new('b', 64);

    private static readonly Manifest Sample = new()
    {
        Region = Region.Global,
        Sequence = 2,
        RunId = Guid.Parse("019aa9c0-1234-7000-8000-0123456789ab"),
        Time = Time,
        Previous = A,
        Segments =
        [
            new Segment
            {
                Name = "region=global/date=2026-11-22/hour=05/0000000002-abcdef012345.ndjson.gz",
                Sha256 = B,
                Bytes = 10,
                Lines = 2,
                UncompressedBytes = 30,
                MinTime = new EventTime(Time.AddHours(-1).UtcTicks),
                MaxTime = new EventTime(Time.AddHours(-1).UtcTicks + 1, 7),
                MerkleRoot = A,
            },
        ],
        Batches = [new BatchReference("batches/2026-11-22/05/x.ndjson", B)],
        Counts = new ArchiveCounts(4, 2, 1, 1),
        Totals = new ArchiveCounts(14, 12, 1, 1),
    };

    [Fact]
    public void A_manifest_is_written_with_its_members_in_their_fixed_order()
    {
        var text = Encoding.UTF8.GetString(ManifestJson.Write(Sample).Span);

        Assert.Equal(
            $$$"""{"schema":1,"region":"global","sequence":2,"runId":"019aa9c0-1234-7000-8000-0123456789ab","time":"2026-11-22T06:00:00.000Z","previous":"""
            + $"\"{A}\""
            + $$$""","segments":[{"name":"region=global/date=2026-11-22/hour=05/0000000002-abcdef012345.ndjson.gz","sha256":"{{{B}}}","bytes":10,"lines":2,"uncompressedBytes":30"""
            + $$$""","minTime":"2026-11-22T05:00:00.000Z","maxTime":"2026-11-22T05:00:00.000000107Z","merkleRoot":"{{{A}}}"}]"""
            + $$$""","batches":[{"name":"batches/2026-11-22/05/x.ndjson","sha256":"{{{B}}}"}]"""
            + ""","counts":{"received":4,"archived":2,"duplicate":1,"quarantined":1},"totals":{"received":14,"archived":12,"duplicate":1,"quarantined":1}}""",
            text);
    }

    [Fact]
    public void A_manifest_that_was_read_has_the_bytes_it_was_read_from()
    {
        var bytes = ManifestJson.Write(Sample with { Previous = null });

        var read = ManifestJson.Read(bytes);

        Assert.NotNull(read);
        Assert.Null(read.Previous);
        Assert.Equal(Sample.Segments[0], read.Segments[0]);
        Assert.Equal(bytes.ToArray(), ManifestJson.Write(read).ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"schema":2}""")]
    [InlineData("[1]")]
    [InlineData("""{"schema":1,"region":"Not A Region"}""")]
    public void What_is_no_manifest_is_not_read_as_one(string text) =>
        Assert.Null(ManifestJson.Read(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_note_names_origin_sequence_time_the_note_before_and_the_heads()
    {
        var note = new LedgerNote("trailgate", 3, Time, A, [new RegionHead(Region.Global, 2, B), new RegionHead(Region.Unknown, 12, A)]);

        Assert.Equal(
            $"trailgate\n3\n2026-11-22T06:00:00.000Z\n{A}\nglobal 2 {B}\nunknown 12 {A}\n\n",
            Encoding.UTF8.GetString(note.ToBytes(SigningKeys.None).Span));
    }

    [Fact]
    public void The_first_note_says_that_none_is_before_it()
    {
        var note = new LedgerNote("trailgate", 1, Time, null, []);

        Assert.Equal("trailgate\n1\n2026-11-22T06:00:00.000Z\nnone\n", note.ToText());
        Assert.Null(LedgerNote.Read(note.ToBytes(SigningKeys.None).Span)!.Previous);
    }

    [Fact]
    public void Signature_lines_behind_the_text_of_a_note_are_ignored()
    {
        var text = $"origin\n9\n2026-11-22T06:00:00.000Z\n{A}\nglobal 2 {B}\n\n\u2014 origin AAAA\n\u2014 witness BBBB\n";

        var note = LedgerNote.Read(Encoding.UTF8.GetBytes(text));

        Assert.NotNull(note);
        Assert.Equal(("origin", 9L, Time, A), (note.Origin, note.Sequence, note.Time, note.Previous));
        Assert.Equal([new RegionHead(Region.Global, 2, B)], note.Heads);
    }

    [Theory]
    [InlineData("origin\n1\n2026-11-22T06:00:00.000Z\nnone\n")]
    [InlineData("origin\n0\n2026-11-22T06:00:00.000Z\nnone\n\n")]
    [InlineData("origin\n1\nyesterday\nnone\n\n")]
    [InlineData("origin\n1\n2026-11-22T06:00:00.000Z\nnone\nglobal 1\n\n")]
    [InlineData("origin\n1\n\n")]
    public void What_is_no_note_is_not_read_as_one(string text) =>
        Assert.Null(LedgerNote.Read(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_plan_that_was_read_is_the_plan_that_was_written()
    {
        var plan = new Plan
        {
            RunId = Sample.RunId,
            Time = Time,
            Origin = "o",
            Batches = Sample.Batches,
            Heads = [new RegionHead(Region.Global, 2, B)],
            Note = new NoteHead(7, A),
            State = PlanState.Done,
        };

        var bytes = PlanJson.Write(plan);

        Assert.Equal(
            $$$"""{"schema":1,"state":"done","runId":"019aa9c0-1234-7000-8000-0123456789ab","time":"2026-11-22T06:00:00.000Z","origin":"o","note":{"sequence":7,"sha256":"{{{A}}}"}"""
            + $$$""","heads":[{"region":"global","sequence":2,"sha256":"{{{B}}}"}],"batches":[{"name":"batches/2026-11-22/05/x.ndjson","sha256":"{{{B}}}"}]}""",
            Encoding.UTF8.GetString(bytes.Span));
        Assert.Equal(bytes.ToArray(), PlanJson.Write(PlanJson.Read(bytes)!).ToArray());
    }

    [Fact]
    public void A_segment_is_named_by_region_hour_sequence_and_lines()
    {
        var name = ArchiveNames.Segment(Region.Global, new DateTime(2026, 1, 2, 3, 0, 0, DateTimeKind.Utc), 42, "0123456789abcdef" + A[16..]);

        Assert.Equal("region=global/date=2026-01-02/hour=03/0000000042-0123456789ab.ndjson.gz", name);
        Assert.Equal(42, ArchiveNames.SequenceOfSegment(name));
        Assert.Null(ArchiveNames.SequenceOfSegment("region=global/manifests/0000000042.json"));
    }
}
