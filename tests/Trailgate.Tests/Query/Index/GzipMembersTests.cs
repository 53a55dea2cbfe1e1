using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Trailgate.Query.Index;

namespace Trailgate.Tests.Query.Index;

public class GzipMembersTests
{
    [Fact]
    public void Members_are_split_where_they_end_also_when_they_hold_what_begins_one()
    {
        // Stored, not compressed: the beginning of a member stands in the middle of one as it is.
        var parts = (string[])["one\n", "\u001f\u008b\b\0 is how one begins\n", "three\n"];
        var stored = parts.Select(part => Gzip(Encoding.Latin1.GetBytes(part))).ToList();

        var members = new List<(int Offset, int Length, string Lines)>();

        Assert.True(Visit(stored.SelectMany(bytes => bytes).ToArray(), members));

        Assert.Equal(parts, members.Select(member => member.Lines));
        Assert.Equal(stored.Select(bytes => bytes.Length), members.Select(member => member.Length));
        Assert.Equal([0, stored[0].Length, stored[0].Length + stored[1].Length], members.Select(member => member.Offset));
    }

    [Fact]
    public void What_is_cut_changed_or_followed_by_something_is_no_chain_of_members()
    {
        var stored = Gzip("some lines\n"u8.ToArray());
        var changed = stored.ToArray();
        changed[^6] ^= 1;

        Assert.False(Visit(stored.AsMemory(..^1)));
        Assert.False(Visit(changed));
        Assert.False(Visit((byte[])[.. stored, 0]));
        Assert.False(Visit("no gzip"u8.ToArray()));
    }

    [Fact]
    public void A_member_may_be_of_any_length_and_says_it_truly()
    {
        var members = new GzipMembers();
        foreach (var length in new[] { 1, 300_000, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5_000_000, 7 })
        {
            var lines = new byte[length];
            new Random(length).NextBytes(lines);
            var stored = Gzip(lines);

            Assert.Equal(lines, members.Inflate(stored)!.Value.ToArray());

            // The last four bytes are the length: one more, one less, and as long as any can be.
            foreach (var said in new[] { (uint)length + 1, (uint)length - 1, uint.MaxValue })
            {
                BinaryPrimitives.WriteUInt32LittleEndian(stored.AsSpan(^4..), said);
                Assert.Null(members.Inflate(stored));
            }
        }
    }

    private static bool Visit(ReadOnlyMemory<byte> stored, List<(int Offset, int Length, string Lines)>? seen = null) =>
        new GzipMembers().Visit(stored, (offset, length, lines) =>
        {
            seen?.Add((offset, length, Encoding.Latin1.GetString(lines)));
            return true;
        });

    private static byte[] Gzip(byte[] lines)
    {
        using var stored = new MemoryStream();
        using (var gzip = new GZipStream(stored, CompressionLevel.NoCompression))
        {
            gzip.Write(lines);
        }

        return stored.ToArray();
    }
}
