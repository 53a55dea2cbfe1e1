using System.Text;
using FsCheck;
using Trailgate.Query;
using Trailgate.Query.Index;
using Random = System.Random;

namespace Trailgate.Tests.Query.Index;

public class TokenTableTests
{
    [Fact]
    public void A_value_is_found_in_exactly_the_members_that_were_added()
    {
        var runs = Configuration.QuickThrowOnFailure;
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), seed => Compare(new Random(seed))).Check(runs);
    }

    [Fact]
    public void A_table_of_many_values_has_many_pages_and_never_more_than_256()
    {
        var (small, large) = (new TokenTable(), new TokenTable());
        for (var number = 0U; number < 100_000; number++)
        {
            small.Add(number % 64 * 0x01000193, 0);
            large.Add(number * 0x9E3779B1, 0);
        }

        Assert.Single(small.ToPages());
        Assert.Equal(256, large.ToPages().Count);
    }

    [Theory]
    [InlineData("crn:v1:bluemix:public:codeengine:us-south:a/1:p1::", "crn:v1:bluemix:public:codeengine:us-south:a/1:p1", true)]
    [InlineData("crn:v1:bluemix:public:codeengine:us-south:a/1:p1::", "crn:v1:bluemix:public:codeengine:us-south:a/1:p1::", true)]
    [InlineData("crn:v1:bluemix:public:codeengine:us-south:a/1:p1:app:x", "crn:v1:bluemix:public:codeengine:us-south:a/1", true)]
    [InlineData("crn:v1:bluemix:public:codeengine:us-south:a/1:p1:app:x", "crn:v1:bluemix:public:codeengine:us-south:a/1:p1:app:x", true)]
    [InlineData("crn:v1:bluemix:public:codeengine:us-south:a/1:p10::", "crn:v1:bluemix:public:codeengine:us-south:a/1:p1", false)]
    [InlineData("plain:text", "plain", false)]
    [InlineData("plain:text", "plain:text", true)]
    public void A_target_is_found_by_what_its_filter_asks_for(string target, string asked, bool found)
    {
        var table = new TokenTable();
        Assert.True(Tokens.AddTarget(Encoding.UTF8.GetBytes(target), table, 0));
        var members = new bool[1];

        TokenTable.Find(Assert.Single(table.ToPages()), Tokens.Of(Encoding.UTF8.GetBytes(new TargetFilter(asked).Needle)), members);

        Assert.Equal(found, members[0]);
        Assert.Equal(found, new TargetFilter(asked).Matches(Encoding.UTF8.GetBytes(target)));
    }

    private static void Compare(Random random)
    {
        var members = random.Next(1, 40);
        var held = new Dictionary<uint, HashSet<int>>();
        var table = new TokenTable();
        for (var member = 0; member < members; member++)
        {
            for (var left = random.Next(60); left > 0; left--)
            {
                var hash = (uint)random.Next(50) * 0x05000000 + (uint)random.Next(2);
                table.Add(hash, member);
                held.TryAdd(hash, []);
                held[hash].Add(member);
            }
        }

        var pages = table.ToPages();
        var loaded = new TokenTable();
        pages.ForEach(page => loaded.Load(page, members));
        Assert.Equal(pages, loaded.ToPages());
        foreach (var (hash, expected) in held)
        {
            var found = new bool[members];
            TokenTable.Find(pages[TokenTable.PageOf(hash, pages.Count)], hash, found);
            Assert.Equal(expected.Order(), Enumerable.Range(0, members).Where(member => found[member]));
        }
    }
}
