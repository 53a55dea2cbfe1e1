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

        var members = GzipMembers.Split(stored.SelectMany(bytes => bytes).ToArray());

        Assert.Equal(parts, members!.Select(member => Encoding.Latin1.GetString(member.Lines)));
        Assert.Equal(stored.Select(bytes => bytes.Length), members!.Select(member => member.Length));
        Assert.Equal([0, stored[0].Length, stored[0].Length + stored[1].Length], members!.Select(member => member.Offset));
    }

    [Fact]
    public void What_is_cut_changed_or_followed_by_something_is_no_chain_of_members()
    {
        var stored = Gzip("some lines\n"u8.ToArray());
        var changed = stored.ToArray();
        changed[^6] ^= 1;

        Assert.Null(GzipMembers.Split(stored.AsMemory(..^1)));
        Assert.Null(GzipMembers.Split(changed));
        Assert.Null(GzipMembers.Split((byte[])[.. stored, 0]));
        Assert.Null(GzipMembers.Split("no gzip"u8.ToArray()));
    }

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
