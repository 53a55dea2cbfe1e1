using System.Text;
using Trailgate.Hashing;

namespace Trailgate.Tests.Hashing;

public sealed class Crc32Tests
{
    /// <summary>CRC-32/ISO-HDLC: the check value of the catalogue of parametrised CRC algorithms, and other published ones.</summary>
    [Theory]
    [InlineData("", 0x00000000)]
    [InlineData("123456789", 0xCBF43926)]
    [InlineData("a", 0xE8B7BE43)]
    [InlineData("abc", 0x352441C2)]
    [InlineData("message digest", 0x20159D7F)]
    [InlineData("abcdefghijklmnopqrstuvwxyz", 0x4C2750BD)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339)]
    public void It_has_the_published_values(string text, uint crc) => Assert.Equal(crc, Crc32.Of(Encoding.ASCII.GetBytes(text)));

    [Theory]
    [InlineData(0x00, 0x190A55AD)]
    [InlineData(0xFF, 0xFF6CAB0B)]
    public void It_has_the_published_values_of_32_equal_bytes(byte value, uint crc) =>
        Assert.Equal(crc, Crc32.Of(Enumerable.Repeat(value, 32).ToArray()));

    [Fact]
    public void At_any_length_it_is_the_remainder_that_bit_by_bit_division_gives()
    {
        var bytes = new byte[400];
        new Random(1).NextBytes(bytes);

        Assert.All(Enumerable.Range(0, bytes.Length), length => Assert.Equal(BitByBit(bytes.AsSpan(0, length)), Crc32.Of(bytes.AsSpan(0, length))));
    }

    private static uint BitByBit(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var odd = ((crc ^ (uint)(value >> bit)) & 1) != 0;
                crc = odd ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }
}
