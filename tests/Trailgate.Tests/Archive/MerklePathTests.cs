using System.Security.Cryptography;
using System.Text.Json;
using FsCheck;
using Trailgate.Archive;
using Trailgate.Hashing;

namespace Trailgate.Tests.Archive;

/// <summary>
/// Inclusion paths over the leaves that the reference implementations of RFC 6962 publish: every leaf of every tree size up
/// to eight.
/// </summary>
public sealed class MerklePathTests
{
    private static readonly JsonElement Vectors =
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Archive", "merkle-inclusion.json"))).RootElement;

    private static readonly byte[][] Leaves =
        [.. Vectors.GetProperty("leaves").EnumerateArray().Select(leaf => Convert.FromHexString(leaf.GetString()!))];

    public static TheoryData<int, int, string[], string> Inclusion
    {
        get
        {
            var data = new TheoryData<int, int, string[], string>();
            foreach (var vector in Vectors.GetProperty("inclusion").EnumerateArray())
            {
                data.Add(
                    vector.GetProperty("index").GetInt32(), vector.GetProperty("size").GetInt32(),
                    [.. vector.GetProperty("path").EnumerateArray().Select(hash => hash.GetString()!)], vector.GetProperty("root").GetString()!);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Inclusion))]
    public void The_path_is_the_published_one_and_leads_to_the_root(int index, int size, string[] path, string root)
    {
        Assert.Equal(path, MerklePath.Of(HashesOf(Leaves[..size]), index));
        Assert.Equal(root, MerklePath.RootOf(Leaves[index], index, size, path));
    }

    [Theory]
    [MemberData(nameof(Inclusion))]
    public void Neither_another_leaf_nor_another_place_nor_another_size_leads_there(int index, int size, string[] path, string root)
    {
        Assert.NotEqual(root, MerklePath.RootOf([0xff], index, size, path));
        Assert.All(Enumerable.Range(-1, 10).Where(other => other != index), other => Assert.NotEqual(root, MerklePath.RootOf(Leaves[index], other, size, path)));
        Assert.NotEqual(root, MerklePath.RootOf(Leaves[index], index, size, [.. path, root]));
        if (path.Length > 0)
        {
            Assert.NotEqual(root, MerklePath.RootOf(Leaves[index], index, size, path[..^1]));
        }
    }

    [Fact]
    public void Paths_of_trees_of_any_size_lead_to_the_root_of_the_tree() => Prop.ForAll<PositiveInt, NonNegativeInt>((count, at) =>
    {
        var size = count.Get % 700 + 1;
        var index = at.Get % size;
        var tree = new MerkleTree();
        var leaves = Enumerable.Range(0, size).Select(i => BitConverter.GetBytes(i)).ToArray();
        foreach (var leaf in leaves)
        {
            tree.Append(leaf);
        }

        return MerklePath.RootOf(leaves[index], index, size, MerklePath.Of(HashesOf(leaves), index)) == tree.ToRoot();
    }).Check(new Configuration { MaxNbOfTest = 200, EndSize = 700, QuietOnSuccess = true, Runner = Config.QuickThrowOnFailure.Runner });

    [Theory]
    [InlineData("")]
    [InlineData("zz")]
    [InlineData("96A296D224F285C67BEE93C30F8A309157F0DAA35DC5B87E410B78630A09CFC7")]
    public void A_hash_that_is_not_written_as_one_leads_nowhere(string hash) =>
        Assert.Null(MerklePath.RootOf(Leaves[0], 0, 2, [hash]));

    // By the definition: a leaf is hashed behind a zero byte.
    private static byte[] HashesOf(byte[][] leaves) => [.. leaves.SelectMany(leaf => SHA256.HashData([0, .. leaf]))];
}
