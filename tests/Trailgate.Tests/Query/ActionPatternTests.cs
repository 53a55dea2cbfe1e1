using System.Text;
using Trailgate.Query;

namespace Trailgate.Tests.Query;

public class ActionPatternTests
{
    [Theory]
    [InlineData("codeengine.job.delete", "codeengine.job.delete", true)]
    [InlineData("codeengine.job.delete", "codeengine.job.deleted", false)] // the whole action, not its beginning
    [InlineData("job.delete", "codeengine.job.delete", false)]
    [InlineData("CodeEngine.*.DELETE", "codeengine.job.delete", true)]
    [InlineData("codeengine.*.delete", "CODEENGINE.Job.Delete", true)]
    [InlineData("codeengine.*", "codeengine.job.delete", true)] // dots are nothing special
    [InlineData("codeengine.*", "codeengine.", true)]
    [InlineData("codeengine.*", "codeengine", false)]
    [InlineData("*", "anything", true)]
    [InlineData("*", "", true)]
    [InlineData("**", "x", true)]
    [InlineData("*delete*", "kms.secrets.bulkdelete", true)]
    [InlineData("*.read", "codeengine.pods.readlist", false)]
    [InlineData("*a*b*c", "xxaxxbxxaxxbxxc", true)]
    [InlineData("*a*b*c", "xxaxxbxxaxxbxxcx", false)]
    [InlineData("a*a", "a", false)]
    [InlineData("a*a", "aa", true)]
    [InlineData("a?c", "abc", false)] // only the star is special
    [InlineData("[a]", "a", false)]
    [InlineData("ä.*", "ä.x", true)]
    [InlineData("@*", "`x", false)] // neighbours of letters in ASCII are not folded
    public void A_pattern_covers_the_whole_action_with_stars_for_any_run(string pattern, string action, bool expected)
    {
        Assert.Equal(expected, new ActionPattern(pattern).Matches(Encoding.UTF8.GetBytes(action)));
    }

    [Theory]
    [InlineData("a.b", true)]
    [InlineData("c.d", true)]
    [InlineData("x.delete", true)]
    [InlineData("a.b, c.d", false)]
    [InlineData("", false)]
    public void One_of_several_patterns_is_enough(string action, bool expected) =>
        Assert.Equal(expected, ActionPattern.AnyOf("a.b, c.d,*.delete,").Matches(Encoding.UTF8.GetBytes(action)));

    [Fact]
    public void A_hostile_pattern_does_not_take_exponential_time()
    {
        var pattern = new ActionPattern(string.Concat(Enumerable.Repeat("*a", 500)) + "b");

        Assert.False(pattern.Matches(Encoding.UTF8.GetBytes(new string('a', 1_000))));
    }
}
