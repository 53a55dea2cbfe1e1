using System.Security.Cryptography;
using System.Text;
using FsCheck;
using Trailgate.Events;

namespace Trailgate.Tests.Events;

public sealed class EventIdTests
{
    /// <summary>FIPS 180-4's examples of SHA-256, cut to 128 bits.</summary>
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb924")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223")]
    public void It_is_the_first_128_bits_of_sha_256(string content, string id) =>
        Assert.Equal(id, EventId.Of(Encoding.ASCII.GetBytes(content)).ToString());

    [Fact]
    public void Text_and_bytes_round_trip() => Prop.ForAll<ulong, ulong>((upper, lower) =>
    {
        var id = new EventId(new UInt128(upper, lower));
        Span<byte> text = new byte[EventId.TextLength], bytes = new byte[EventId.ByteLength];
        id.WriteText(text);
        id.Write(bytes);

        Assert.True(EventId.TryParse(text, out var fromUtf8));
        Assert.True(EventId.TryParse(id.ToString(), out var fromText));
        Assert.Equal((id, id, id), (fromUtf8, fromText, EventId.Read(bytes)));
        Assert.Equal(id.ToString(), Encoding.ASCII.GetString(text));
        Assert.Equal(id.ToString(), Convert.ToHexStringLower(bytes));
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("ffffffffffffffffffffffffffffffff")]
    [InlineData("0123456789abcdef0123456789abcdef")]
    public void Its_text_is_32_lower_case_digits(string text)
    {
        Assert.True(EventId.TryParse(text, out var id));

        Assert.Equal(text, id.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0123456789abcdef0123456789abcde")]
    [InlineData("0123456789abcdef0123456789abcdef0")]
    [InlineData("0123456789ABCDEF0123456789abcdef")]
    [InlineData("0123456789abcdef0123456789abcdeF")]
    [InlineData("0123456789abcdeg0123456789abcdef")]
    [InlineData("0123456789abcdef0123456789abcde ")]
    [InlineData(" 123456789abcdef0123456789abcdef")]
    [InlineData("0x23456789abcdef0123456789abcdef")]
    [InlineData("+123456789abcdef-123456789abcdef")]
    [InlineData("0123456789abcdef0123456789abcde\u0661")]
    public void Other_text_is_no_id(string? text)
    {
        Assert.False(EventId.TryParse(text, out var id));

        Assert.Equal(default, id);
    }

    [Fact]
    public void Ids_sort_as_their_texts_do()
    {
        var ids = Enumerable.Range(0, 100).Select(i => EventId.Of(SHA256.HashData([(byte)i]))).ToList();

        Assert.Equal(ids.Select(id => id.ToString()).Order(StringComparer.Ordinal), ids.Order().Select(id => id.ToString()));
        Assert.True(new EventId(1) < new EventId(2) && new EventId(2) >= new EventId(2) && new EventId(UInt128.MaxValue) > new EventId(2));
    }
}
