using System.Security.Cryptography;
using Trailgate.Hashing;
using Trailgate.Verify;

namespace Trailgate.Tests.Verify;

public class Sha256ChainTests
{
    // What this processor can do; none of them on one without such vectors, where nobody makes a chain.
    private static readonly int[] Lanes = [.. new[] { 8, 16 }.Where(static lanes => lanes <= Sha256Lanes.Most)];

    [Fact]
    public void Messages_in_pieces_of_every_length_have_the_digests_of_the_platform()
    {
        var random = new Random(7);
        foreach (var lanes in Lanes)
        {
            var chains = Enumerable.Range(0, lanes).Select(_ => new Sha256Chain()).ToArray();
            for (var round = 0; round < 20; round++)
            {
                var messages = chains.Select(_ => new byte[random.Next(4) == 0 ? random.Next(200) : random.Next(5000)]).ToArray();
                foreach (var message in messages)
                {
                    random.NextBytes(message);
                }

                AppendInPieces(random, lanes, chains, messages);
                for (var i = 0; i < lanes; i++)
                {
                    Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(messages[i])), chains[i].Finish(lanes).ToString());
                    chains[i].Clear();
                }
            }
        }
    }

    [Fact]
    public void A_message_of_nothing_has_the_digest_of_nothing() =>
        Assert.All(Lanes, lanes => Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([])), new Sha256Chain().Finish(lanes).ToString()));

    private static void AppendInPieces(Random random, int lanes, Sha256Chain[] chains, byte[][] messages)
    {
        var at = new int[lanes];
        while (Enumerable.Range(0, lanes).Any(i => at[i] < messages[i].Length))
        {
            Sha256Chain.Append(lanes, [.. Enumerable.Range(0, lanes).Where(_ => random.Next(3) > 0).Select(i =>
            {
                var count = Math.Min(random.Next(300), messages[i].Length - at[i]);
                at[i] += count;
                return (chains[i], new ArraySegment<byte>(messages[i], at[i] - count, count));
            })]);
        }
    }
}
