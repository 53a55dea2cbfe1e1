using System.Text;
using Trailgate.Hashing;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Hashing;

public class MerkleTreeTests
{
    // The eight leaves and the roots over the first n of them that the reference implementations of RFC 6962 publish.
    private static readonly string[] Leaves =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    [Theory]
    [InlineData(0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData(1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
    [InlineData(2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")]
    [InlineData(4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4")]
    [InlineData(6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef")]
    [InlineData(7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c")]
    [InlineData(8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]
    public void The_root_is_the_published_one(int size, string root)
    {
        var tree = new MerkleTree();

        foreach (var leaf in Leaves.Take(size))
        {
            tree.Append(Convert.FromHexString(leaf));
        }

        Assert.Equal(size, tree.Count);
        Assert.Equal(root, tree.ToRoot());
    }

    [Fact]
    public void Asking_for_the_root_does_not_disturb_the_tree()
    {
        var asked = new MerkleTree();
        var silent = new MerkleTree();

        for (var i = 0; i < 100; i++)
        {
            asked.Append([(byte)i]);
            asked.ToRoot();
            silent.Append([(byte)i]);
        }

        Assert.Equal(silent.ToRoot(), asked.ToRoot());
    }

    [Fact]
    public void Lines_of_every_number_and_length_have_the_root_of_the_definition_whatever_way_they_come()
    {
        var random = new Random(7);
        var tree = new MerkleTree();
        for (var count = 0; count < 300; count += count < 70 ? 1 : 29)
        {
            var lines = Enumerable.Range(0, count).Select(i => new string((char)('a' + i % 26), i % 5 == 0 ? random.Next(300_000 / (count + 1)) : i % 130)).ToArray();
            var cut = random.Next(count + 1);
            var expected = MerkleRoot.Of([.. lines.Select(Encoding.UTF8.GetBytes)]);

            tree.Clear();
            tree.AppendLines(TextOf(lines));
            Assert.Equal((count, expected), (tree.Count, tree.ToRoot()));

            tree.Clear();
            tree.AppendLines(TextOf(lines[..cut]));
            foreach (var line in lines[cut..])
            {
                tree.Append(Encoding.UTF8.GetBytes(line));
            }

            Assert.Equal((count, expected), (tree.Count, tree.ToRoot()));

            tree.Clear();
            foreach (var line in lines[..cut])
            {
                tree.Append(Encoding.UTF8.GetBytes(line));
            }

            tree.AppendLines(TextOf(lines[cut..]));
            Assert.Equal((count, expected), (tree.Count, tree.ToRoot()));
        }
    }

    [Fact]
    public void A_leaf_larger_than_what_waits_for_others_is_a_leaf_like_any_other()
    {
        byte[][] leaves = [[1], new byte[500_000], [2], new byte[127 * 1024], new byte[2 * 1024]];
        var tree = new MerkleTree();

        foreach (var leaf in leaves)
        {
            tree.Append(leaf);
        }

        Assert.Equal(MerkleRoot.Of(leaves), tree.ToRoot());
    }

    private static byte[] TextOf(string[] lines) => Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));
}
