using System.Text;
using Trailgate.Signing;

namespace Trailgate.Tests.Signing;

public sealed class TrustedKeysTests
{
    private static readonly SigningKey First = SigningKey.Create("n");
    private static readonly SigningKey Second = SigningKey.Create("n");
    private static readonly SigningKey Third = SigningKey.Create("n");

    [Fact]
    public void A_file_may_hold_verifier_keys_comments_and_PEM()
    {
        var file = $"# our keys\n\n{First.Verifier}\r\n{Second.Verifier.ToPem()}\n  {Third.Verifier}  ";

        var trusted = Read(file);

        Assert.Equal([First.Verifier.Id, Second.Verifier.Id, Third.Verifier.Id], trusted.All.Select(key => key.Id));
    }

    [Fact]
    public void A_key_change_moves_trust_from_the_old_key_to_the_new_one() =>
        Assert.Equal([First.Verifier, Second.Verifier], Read(First.Verifier.ToString(), Change(First, Second)).All);

    [Fact]
    public void Key_changes_are_followed_one_after_the_other_whatever_their_order() =>
        Assert.Equal(
            [First.Verifier, Second.Verifier, Third.Verifier],
            Read(Change(Second, Third), Change(First, Second), First.Verifier.ToString()).All);

    [Fact]
    public void A_key_change_of_a_key_that_is_not_trusted_is_refused() =>
        Assert.Contains("not trusted", Problem(First.Verifier.ToString(), Change(Second, Third)), StringComparison.Ordinal);

    [Fact]
    public void The_new_key_alone_does_not_make_the_change()
    {
        var text = Change(First, Second).Split("\n\n")[0] + "\n";
        var forged = Encoding.UTF8.GetString(SignedNote.Write(text, [Second]).Span);

        Assert.Contains("did not sign", Problem(First.Verifier.ToString(), forged), StringComparison.Ordinal);
    }

    [Fact]
    public void The_old_key_alone_does_not_make_the_change_either()
    {
        var text = Change(First, Second).Split("\n\n")[0] + "\n";
        var half = Encoding.UTF8.GetString(SignedNote.Write(text, [First]).Span);

        Assert.Contains("did not sign", Problem(First.Verifier.ToString(), half), StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_to_another_key_than_the_one_signed_is_refused() =>
        Assert.Contains(
            "did not sign",
            Problem(First.Verifier.ToString(), Change(First, Second).Replace(Second.Verifier.ToString(), Third.Verifier.ToString(), StringComparison.Ordinal)),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("nonsense")]
    [InlineData("trailgate key change\nold a\nnew b\n\n")]
    public void What_holds_no_key_is_refused_by_its_name(string text) =>
        Assert.StartsWith("text 0 ", Problem(text), StringComparison.Ordinal);

    private static string Change(SigningKey old, SigningKey next) => Encoding.UTF8.GetString(KeyChange.Write(old, next).Span);

    private static TrustedKeys Read(params string[] texts) =>
        TrustedKeys.TryRead(texts.Select((text, i) => ($"text {i}", text)), out var trusted, out var problem)
            ? trusted
            : throw new InvalidOperationException(problem);

    private static string Problem(params string[] texts)
    {
        Assert.False(TrustedKeys.TryRead(texts.Select((text, i) => ($"text {i}", text)), out _, out var problem));
        return problem;
    }
}
