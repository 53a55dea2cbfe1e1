using System.Security.Cryptography;
using System.Text;
using Trailgate.Hashing;
using Trailgate.Verify;

namespace Trailgate.Tests.Verify;

public class MerkleLevelsTests
{
    private readonly MerkleLevels _levels = new(new Sha256Batch());

    [Fact]
    public void The_empty_tree_has_the_hash_of_nothing() =>
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", _levels.ToRoot().ToString());

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(1000)]
    public void Leaves_in_groups_of_any_size_have_the_root_of_the_tree_that_takes_one_at_a_time(int group)
    {
        for (var count = 1; count < 300; count += count < 70 ? 1 : 37)
        {
            var tree = new MerkleTree();
            var leaves = new List<byte>();
            for (var i = 0; i < count; i++)
            {
                var line = Encoding.UTF8.GetBytes($"line {i}");
                tree.Append(line);
                leaves.AddRange(SHA256.HashData([0, .. line]));
            }

            _levels.Clear();
            foreach (var part in leaves.ToArray().Chunk(32 * group))
            {
                _levels.Append(part);
            }

            Assert.Equal(tree.ToRoot(), _levels.ToRoot().ToString());
        }
    }
}
