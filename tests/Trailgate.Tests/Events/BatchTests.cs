using System.Security.Cryptography;
using System.Text;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Tests.Events;

public sealed class BatchTests
{
    private const string Lines = "{\"a\":1}\n{\"quarantined\":{\"region\":\"unknown\"}}\n";

    // Section 2.1 of RFC 6962: two leaves and the node above them.
    private static readonly string Root = Convert.ToHexStringLower(
        SHA256.HashData([1, .. SHA256.HashData("\0{\"a\":1}"u8), .. SHA256.HashData("\0{\"quarantined\":{\"region\":\"unknown\"}}"u8)]));

    private static readonly string Trailer = TrailerOf(2, Root, "\"eu-de\":{\"received\":1,\"quarantined\":0},\"unknown\":{\"received\":1,\"quarantined\":1}");

    [Fact]
    public void A_whole_batch_is_read_with_its_lines_and_counts()
    {
        var batch = Read(Lines + Trailer + "\n", out var damage);

        Assert.Null(damage);
        Assert.Equal(Lines.TrimEnd('\n').Split('\n'), batch!.Lines.Select(line => Encoding.UTF8.GetString(line.Span)));
        Assert.Equal((2, Root), (batch.Trailer.Lines, batch.Trailer.MerkleRoot));
        Assert.Equal(
            [("eu-de", new BatchCounts(1, 0)), ("unknown", new BatchCounts(1, 1))],
            batch.Trailer.Regions.Select(pair => (pair.Key.Name, pair.Value)));
    }

    [Fact]
    public void A_batch_cut_off_at_any_byte_is_damaged()
    {
        var whole = Encoding.UTF8.GetBytes(Lines + Trailer + "\n");

        Assert.All(Enumerable.Range(0, whole.Length), length =>
        {
            Assert.Null(Batch.Read(whole.AsMemory(0, length), out var damage));
            Assert.NotEmpty(damage!);
        });
    }

    [Fact]
    public void A_flipped_bit_in_the_lines_is_found_out()
    {
        var whole = Encoding.UTF8.GetBytes(Lines + Trailer + "\n");
        for (var bit = 0; bit < Lines.Length * 8; bit++)
        {
            var flipped = whole.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));

            Assert.True(Batch.Read(flipped, out _) is null, $"bit {bit}");
        }
    }

    [Fact]
    public void Each_damage_is_told_apart()
    {
        Assert.Equal("the last line is cut off", DamageOf(""));
        Assert.Equal("the last line is cut off", DamageOf(Lines + Trailer));
        Assert.Equal("the last line is no trailer", DamageOf("\n"));
        Assert.Equal("the last line is no trailer", DamageOf(Lines));
        Assert.Equal("the trailer counts 2 lines, 1 are there", DamageOf("{\"a\":1}\n" + Trailer + "\n"));
        Assert.Equal("the trailer counts 2 lines, 3 are there", DamageOf(Lines + "{}\n" + Trailer + "\n"));
        Assert.Equal("the lines do not have the Merkle root that the trailer names", DamageOf(Lines.Replace('1', '2') + Trailer + "\n"));
    }

    [Fact]
    public void A_second_batch_behind_the_first_is_damage() => Assert.NotNull(DamageOf(Lines + Trailer + "\n" + Lines + Trailer + "\n"));

    [Fact]
    public void A_batch_of_no_lines_is_whole() => Assert.Empty(Read(TrailerOf(0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "") + "\n", out _)!.Lines);

    [Fact]
    public void A_trailer_is_written_by_region_and_read_again()
    {
        var trailer = new BatchTrailer(3, Root, new Dictionary<Region, BatchCounts>
        {
            [Region.Unknown] = new(1, 1),
            [Parsed("eu-de")] = new(2, 0),
        });

        var line = Encoding.UTF8.GetString(trailer.ToLine());
        var read = BatchTrailer.Read(trailer.ToLine());

        Assert.Equal(TrailerOf(3, Root, "\"eu-de\":{\"received\":2,\"quarantined\":0},\"unknown\":{\"received\":1,\"quarantined\":1}"), line);
        Assert.Equal((3, Root), (read!.Lines, read.MerkleRoot));
        Assert.Equal(trailer.Regions.OrderBy(pair => pair.Key), read.Regions);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"batch\":")]
    [InlineData("{\"batch\":5}")]
    [InlineData("{\"batch\":null}")]
    [InlineData("{\"batch\":{}}")]
    [InlineData(" {\"batch\":{\"schema\":2,\"lines\":0,\"merkleRoot\":\"\",\"regions\":{}}}")]
    [InlineData("{\"batch\":{\"schema\":1,\"lines\":0,\"merkleRoot\":\"\",\"regions\":{}}}")]
    [InlineData("{\"batch\":{\"schema\":2,\"lines\":\"0\",\"merkleRoot\":\"\",\"regions\":{}}}")]
    [InlineData("{\"batch\":{\"schema\":2,\"lines\":0.5,\"merkleRoot\":\"\",\"regions\":{}}}")]
    [InlineData("{\"batch\":{\"schema\":2,\"lines\":99999999999,\"merkleRoot\":\"\",\"regions\":{}}}")]
    [InlineData("{\"batch\":{\"schema\":2,\"lines\":0,\"merkleRoot\":7,\"regions\":{}}}")]
    [InlineData("{\"batch\":{\"schema\":2,\"lines\":0,\"merkleRoot\":\"\",\"regions\":[]}}")]
    [InlineData("{\"batch\":{\"schema\":2,\"lines\":0,\"merkleRoot\":\"\",\"regions\":{\"EU DE\":{\"received\":1,\"quarantined\":0}}}}")]
    [InlineData("{\"batch\":{\"schema\":2,\"lines\":0,\"merkleRoot\":\"\",\"regions\":{\"\\ud800\":{\"received\":1,\"quarantined\":0}}}}")]
    [InlineData("{\"batch\":{\"schema\":2,\"lines\":0,\"merkleRoot\":\"\",\"regions\":{\"eu-de\":{\"received\":1}}}}")]
    [InlineData("{\"batch\":{\"schema\":2,\"lines\":0,\"merkleRoot\":\"\",\"regions\":{\"eu-de\":7}}}")]
    [InlineData("{\"batch\":{\"schema\":2,\"lines\":0,\"merkleRoot\":\"\",\"regions\":{}}}}")]
    [InlineData("{\"batch\":{\"schema\":2,\"lines\":0,\"merkleRoot\":\"\",\"regions\":{}}} {}")]
    [InlineData("{\"batch\":{\"schema\":2,\"lines\":0,\"merkleRoot\":\"\",\"regions\":{}}}garbage")]
    public void Other_lines_are_no_trailer(string line) => Assert.Null(BatchTrailer.Read(Encoding.UTF8.GetBytes(line)));

    [Fact]
    public void Names_of_batches_lie_in_their_hour_and_sort_by_time()
    {
        var time = new DateTimeOffset(2026, 11, 22, 0, 59, 59, 999, TimeSpan.FromHours(1));

        BlobName first = BatchName.New(time), again = BatchName.New(time), later = BatchName.New(time.AddMilliseconds(1)), nextDay = BatchName.New(time.AddHours(1));

        Assert.StartsWith("inbox/batches/2026-11-21/23/", first.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("inbox/batches/2026-11-22/00/", nextDay.ToString(), StringComparison.Ordinal);
        Assert.NotEqual(first, again);
        Assert.True(first < later && again < later && later < nextDay);
        Assert.Equal(first.Path, "batches/" + BatchName.Stem(first) + ".ndjson");
        Assert.True(Guid.TryParse(BatchName.Stem(first).Split('/')[2], out var id));
        Assert.Equal(7, id.Version);
    }

    private static string TrailerOf(int lines, string root, string regions) =>
        "{\"batch\":{\"schema\":2,\"lines\":" + lines + ",\"merkleRoot\":\"" + root + "\",\"regions\":{" + regions + "}}}";

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static Region Parsed(string name) => Region.TryParse(name, out var region) ? region : throw new InvalidDataException(name);

    private static Batch? Read(string text, out string? damage) => Batch.Read(Encoding.UTF8.GetBytes(text), out damage);

    private static string? DamageOf(string text)
    {
        Assert.Null(Read(text, out var damage));
        return damage;
    }
}
