using FsCheck;
using Trailgate.Alerts.Channels;

namespace Trailgate.Tests.Alerts.Channels;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("a\r\nb\tc", "a b c")]
    [InlineData("  a  b  ", "a b")]
    [InlineData("a\u202Eb\u2066c\u200Bd\uFEFFe", "abcde")]
    [InlineData("\u0000\u001b[31mred", "[31mred")]
    [InlineData("e\u0301\u0301\u0301\u0301\u0301\u0301!", "e\u0301\u0301\u0301\u0301!")]
    [InlineData("@channel and me@here.example", "@\u2060channel and me@here.example")]
    [InlineData("@chan\u200Bnel", "@\u2060channel")]
    [InlineData("\uE000", "\uFFFD")]
    [InlineData(null, "")]
    public void A_text_becomes_one_line_of_visible_characters(string? text, string expected) => Assert.Equal(expected, PlainText.Line(text, 100));

    [Theory]
    [InlineData("abcdef", 6, "abcdef")]
    [InlineData("abcdef", 5, "abcd…")]
    [InlineData("abc\U0001F4A3def", 5, "abc…")]
    [InlineData("abc\U0001F4A3def", 6, "abc\U0001F4A3…")]
    public void A_cut_is_between_characters_and_shows(string text, int maxLength, string expected) => Assert.Equal(expected, PlainText.Line(text, maxLength));

    [Fact]
    public void Half_a_pair_of_surrogates_becomes_a_replacement() => Assert.Equal("a\uFFFDb", PlainText.Line("a\uD83Db", 10));

    [Theory]
    [InlineData("a&b", 10, "a&amp;b")]
    [InlineData("a&b", 7, "a&amp;b")]
    [InlineData("a&bc", 7, "a&amp;…")]
    [InlineData("a&bc", 6, "a…")]
    [InlineData("&&&", 10, "&amp;…")]
    [InlineData(";;;;", 3, ";;…")]
    public void A_cut_is_never_within_an_escape(string text, int maxLength, string expected) =>
        Assert.Equal(expected, PlainText.Escape(text, rune => rune.Value == '&' ? "&amp;" : rune.ToString(), maxLength));

    [Fact]
    public void Any_text_is_clean_and_short_enough_and_cleaning_it_again_changes_nothing() => Prop.ForAll(HostileText.Arbitrary, text =>
    {
        var line = PlainText.Line(text, 80);

        Assert.InRange(line.Length, 0, 80);
        Assert.True(HostileText.IsOneCleanLine(line), line);
    }).QuickCheckThrowOnFailure();
}
