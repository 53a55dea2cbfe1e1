using System.Buffers.Binary;
using System.Text;
using Trailgate.Ingest;

namespace Trailgate.Tests.Ingest;

public sealed class GzipTests
{
    private const string Text = """{"action":"codeengine.application.delete"}""";

    /// <summary>As <see cref="Bodies.EmptyMember"/>, with one final stored block of length 0.</summary>
    private static readonly byte[] EmptyStoredMember = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x01, 0x00, 0x00, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0];

    public static TheoryData<string, byte[]> WholeBodies => new()
    {
        { Text, Bodies.Gzip(Text) },
        { Text + Text, [.. Bodies.Gzip(Text), .. Bodies.Gzip(Text)] },
        { Text, [.. Bodies.Gzip(Text), .. Bodies.EmptyMember] },
        { Text, [.. Bodies.Gzip(Text), .. EmptyStoredMember] },
        { Text, [.. Bodies.EmptyMember, .. Bodies.Gzip(Text)] },
        { "", Bodies.EmptyMember },
        { "", EmptyStoredMember },
        { "", [.. Bodies.EmptyMember, .. Bodies.EmptyMember] },
    };

    [Theory]
    [MemberData(nameof(WholeBodies))]
    public void A_whole_body_is_inflated(string text, byte[] wire)
    {
        using var output = new Body(new InFlightBudget(1024 * 1024));

        Assert.Null(Gzip.Inflate(wire, 1024, output));
        Assert.Equal(text, Encoding.UTF8.GetString(output.Memory.Span));
    }

    [Fact]
    public void A_body_cut_off_at_any_byte_is_found_out()
    {
        var wire = Bodies.Gzip(Text);

        Assert.All(Enumerable.Range(0, wire.Length), length => Assert.Equal("bad-gzip", Inflate(wire[..length])));
    }

    [Fact]
    public void A_body_of_members_cut_off_anywhere_but_between_them_is_found_out()
    {
        byte[] first = Bodies.Gzip(Text), second = Bodies.Gzip(Text + "\n");
        byte[] wire = [.. first, .. second, .. Bodies.EmptyMember];
        int[] ends = [first.Length, first.Length + second.Length];

        Assert.All(
            Enumerable.Range(0, wire.Length),
            length => Assert.Equal(ends.Contains(length) ? null : "bad-gzip", Inflate(wire[..length])));
    }

    [Fact]
    public void A_stored_body_full_of_zeros_is_found_out_when_cut_off()
    {
        // Eight zeros look like the trailer of an empty member.
        var wire = Bodies.Gzip(new byte[300], System.IO.Compression.CompressionLevel.NoCompression);

        Assert.All(Enumerable.Range(0, wire.Length), length => Assert.Equal("bad-gzip", Inflate(wire[..length])));
    }

    [Fact]
    public void A_flipped_bit_is_found_out_or_does_no_harm()
    {
        var wire = Bodies.Gzip(Text);

        for (var bit = 0; bit < wire.Length * 8; bit++)
        {
            using var output = new Body(new InFlightBudget(1024 * 1024));

            var problem = Gzip.Inflate(Bodies.Flip(wire, bit / 8, (byte)(1 << (bit % 8))), 1024, output);

            Assert.True(problem is { Code: "bad-gzip" } || Encoding.UTF8.GetString(output.Memory.Span) == Text, $"bit {bit}");
        }
    }

    [Theory]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0x1F, 0x8B })]
    [InlineData(new byte[] { (byte)'\n' })]
    public void What_follows_the_last_member_is_found_out(byte[] garbage) =>
        Assert.Equal("bad-gzip", Inflate([.. Bodies.Gzip(Text), .. garbage]));

    [Fact]
    public void A_member_that_claims_more_than_there_is_is_found_out()
    {
        var wire = Bodies.Gzip(Text);
        BinaryPrimitives.WriteUInt32LittleEndian(wire.AsSpan(wire.Length - 4), uint.MaxValue);

        Assert.Equal("bad-gzip", Inflate(wire));
    }

    [Theory]
    [InlineData(1000, 1000, null)]
    [InlineData(1001, 1000, "body-too-large")]
    [InlineData(100_000, 1000, "body-too-large")]
    public void The_cap_is_exact(int length, int cap, string? problem) => Assert.Equal(problem, Inflate(Bodies.Gzip(new byte[length]), cap));

    [Fact]
    public void A_body_that_just_fits_needs_no_more_of_the_budget_than_its_cap()
    {
        var budget = new InFlightBudget(1000);
        using (var output = new Body(budget))
        {
            Assert.Null(Gzip.Inflate(Bodies.Gzip(new byte[1000]), 1000, output));
        }

        Assert.True(budget.TryTake(1000));
    }

    [Fact]
    public void A_budget_used_up_is_said_and_all_of_it_given_back()
    {
        var budget = new InFlightBudget(5000);
        using (var output = new Body(budget))
        {
            Assert.Equal("busy", Gzip.Inflate(Bodies.Gzip(new byte[100_000]), 100_000, output)?.Code);
        }

        Assert.True(budget.TryTake(5000));
    }

    private static string? Inflate(byte[] wire, int cap = 64 * 1024)
    {
        using var output = new Body(new InFlightBudget(1024 * 1024));
        return Gzip.Inflate(wire, cap, output)?.Code;
    }
}
