using System.Text;
using Trailgate.Normalize;

namespace Trailgate.Tests.Normalize;

public sealed class SecretMarksTests
{
    public static TheoryData<string> ShapeMarks =>
    [
        "eyJh", "eyAi", "ewog", "PRIVATE KEY", "AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "xoxb", "Bearer x", "bearer x",
        "BEARER x", "Basic x", "basic x", "BASIC x", "LS0tLS1", "\\u0041", "\\u00e9", "\\u2028", "a://b:c@d", "x:y@tcp(z)",
    ];

    [Theory]
    [MemberData(nameof(ShapeMarks))]
    public void A_mark_is_seen_wherever_it_stands(string mark)
    {
        // Longer than two registers, so that each place in a register comes up, and the last bytes as well.
        for (var length = 0; length < 70; length++)
        {
            for (var before = 0; before <= length; before++)
            {
                var text = new string('.', before) + mark + new string('.', length - before);
                Assert.True(SecretMarks.In(Encoding.UTF8.GetBytes(text), shapes: true).Shapes, text);
            }
        }
    }

    [Fact]
    public void Two_hyphens_are_seen_wherever_they_stand()
    {
        for (var length = 1; length < 70; length++)
        {
            for (var before = 0; before < length; before++)
            {
                var text = new string('.', before) + "--" + new string('.', length - before);
                Assert.True(SecretMarks.In(Encoding.UTF8.GetBytes(text), shapes: true).Flags, text);
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("""{"action":"codeengine.application.delete","eventTime":"2026-11-22T05:54:00.12+0000","initiator":{"name":"kenji.mori@example.com"}}""")]
    [InlineData("the user's service was reset by a search indexer -- no, by the gateway")]
    public void An_ordinary_text_has_no_mark_of_a_shape(string text) => Assert.False(SecretMarks.In(Encoding.UTF8.GetBytes(text), shapes: true).Shapes);

    [Fact]
    public void Shapes_are_not_looked_for_where_they_are_turned_off() =>
        Assert.False(SecretMarks.In("AKIAIOSFODNN7EXAMPLE"u8, shapes: false).Shapes);
}
