using System.Security.Cryptography;
using System.Text;
using Trailgate.Hashing;

namespace Trailgate.Tests.Hashing;

public class Sha256BatchTests
{
    /// <summary>What this processor can do: sixteen lanes, eight, and the platform's hash.</summary>
    public static TheoryData<int> Lanes => [.. new[] { 0, 8, 16 }.Where(static lanes => lanes <= Sha256Lanes.Most)];

    [Theory]
    [MemberData(nameof(Lanes))]
    public void The_published_digests_come_out(int lanes)
    {
        // FIPS 180-4, examples of SHA-256: "abc", and the message of 448 bits.
        var data = Encoding.ASCII.GetBytes("abcabcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq");
        var digests = new byte[3 * 32];

        new Sha256Batch(lanes).Hash(data, [(0, 3), (3, 56), (0, 0)], digests);

        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", Convert.ToHexStringLower(digests.AsSpan(0, 32)));
        Assert.Equal("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1", Convert.ToHexStringLower(digests.AsSpan(32, 32)));
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Convert.ToHexStringLower(digests.AsSpan(64, 32)));
    }

    [Theory]
    [MemberData(nameof(Lanes))]
    public void Messages_of_every_length_and_number_have_the_digests_of_the_platform(int lanes)
    {
        var random = new Random(5);
        var data = new byte[5000];
        random.NextBytes(data);
        var batch = new Sha256Batch(lanes);
        for (var count = 0; count < 40; count++)
        {
            // Around the ends of blocks, also with a lead, and some of any length.
            var messages = Enumerable.Range(0, count).Select(i => (Start: random.Next(2000), Length: i % 3 == 0 ? random.Next(3000) : i % 3 == 1 ? 64 * (i % 4) + random.Next(8) : 50 + i)).ToArray();
            var digests = new byte[count * 32];

            batch.Hash(data, messages, digests);

            for (var i = 0; i < count; i++)
            {
                Assert.Equal(SHA256.HashData(data.AsSpan(messages[i].Start, messages[i].Length)), digests[(32 * i)..(32 * i + 32)]);
            }

            batch.Hash(data, messages, digests, lead: 0xA5);

            for (var i = 0; i < count; i++)
            {
                Assert.Equal(SHA256.HashData([0xA5, .. data.AsSpan(messages[i].Start, messages[i].Length)]), digests[(32 * i)..(32 * i + 32)]);
            }
        }
    }
}
