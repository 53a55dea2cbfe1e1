using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Trailgate.Hosting;

namespace Trailgate.Tests.Hosting;

public sealed class AccessKeysTests
{
    // printf 'correct horse' | sha256sum
    private const string HashOfCorrectHorse = "sha256:4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631";

    private readonly AccessKeys _keys = new(Options.Create(new AccessOptions
    {
        Keys =
        {
            ["sender"] = new AccessKeyOptions { Hash = HashOfCorrectHorse, Scopes = "ingest" },
            ["reader"] = new AccessKeyOptions { Hash = AccessKeys.HashOf("battery staple"), Scopes = "read, admin" },
        },
    }));

    [Fact]
    public void The_hash_of_a_key_is_the_SHA_256_of_its_UTF_8_bytes() =>
        Assert.Equal(HashOfCorrectHorse, AccessKeys.HashOf("correct horse"));

    [Theory]
    [InlineData("x-functions-key", "correct horse", Scopes.Ingest)]
    [InlineData("Authorization", "Bearer correct horse", Scopes.Ingest)]
    [InlineData("Authorization", "bearer  correct horse ", Scopes.Ingest)]
    [InlineData("X-Functions-Key", "battery staple", Scopes.Read)]
    [InlineData("x-functions-key", "battery staple", Scopes.Admin)]
    public void A_key_with_the_scope_is_let_in(string header, string value, Scopes required) =>
        Assert.Null(_keys.Refuse(Request((header, value)), required, out _));

    [Theory]
    [InlineData("x-functions-key", "wrong")]
    [InlineData("x-functions-key", "")]
    [InlineData("x-functions-key", "correct horse ")]
    [InlineData("x-functions-key", "Correct horse")]
    [InlineData("x-functions-key", "correct horse, correct horse")]
    [InlineData("x-functions-key", HashOfCorrectHorse)]
    [InlineData("Authorization", "correct horse")]
    [InlineData("Authorization", "Basic correct horse")]
    [InlineData("Authorization", "Bearer ")]
    [InlineData("Authorization", "Bearercorrect horse")]
    [InlineData("code", "correct horse")]
    public void A_wrong_missing_or_misplaced_key_is_401(string header, string value) =>
        Assert.Equal(401, _keys.Refuse(Request((header, value)), Scopes.Ingest, out _)?.Status);

    [Fact]
    public void No_header_at_all_is_401() =>
        Assert.Equal("key-missing", _keys.Refuse(Request(), Scopes.Ingest, out _)?.Code);

    [Fact]
    public void Both_headers_are_401_even_when_each_is_right() =>
        Assert.Equal("key-ambiguous", _keys.Refuse(Request(("x-functions-key", "correct horse"), ("Authorization", "Bearer correct horse")), Scopes.Ingest, out _)?.Code);

    [Theory]
    [InlineData("x-functions-key", "correct horse")]
    [InlineData("Authorization", "Bearer correct horse")]
    public void The_same_header_twice_is_401(string header, string value) =>
        Assert.Equal("key-ambiguous", _keys.Refuse(Request((header, new StringValues([value, value]))), Scopes.Ingest, out _)?.Code);

    [Fact]
    public void A_key_longer_than_the_limit_is_401_and_does_no_harm() =>
        Assert.Equal(401, _keys.Refuse(Request(("x-functions-key", new string('\u00e9', AccessKeys.MaxKeyLength + 1))), Scopes.Ingest, out _)?.Status);

    [Fact]
    public void A_key_of_the_longest_length_in_letters_of_three_bytes_works()
    {
        var key = new string('\u20ac', AccessKeys.MaxKeyLength);
        var keys = new AccessKeys(Options.Create(EdgeServer.WithKey(key, "read")));

        Assert.Null(keys.Refuse(Request(("x-functions-key", key)), Scopes.Read, out _));
    }

    [Theory]
    [InlineData("correct horse", Scopes.Read, "read")]
    [InlineData("correct horse", Scopes.Admin, "admin")]
    [InlineData("battery staple", Scopes.Ingest, "ingest")]
    public void A_key_without_the_scope_is_403_and_the_answer_names_the_scope(string key, Scopes required, string named)
    {
        var problem = _keys.Refuse(Request(("x-functions-key", key)), required, out _);

        Assert.Equal(403, problem?.Status);
        Assert.Contains($"'{named}'", problem!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_tells_the_store_that_its_settings_name()
    {
        var keys = new AccessKeys(Options.Create(new AccessOptions
        {
            Keys =
            {
                ["home"] = new AccessKeyOptions { Hash = AccessKeys.HashOf("battery staple"), Scopes = "ingest", Store = "eu" },
                ["other"] = new AccessKeyOptions { Hash = HashOfCorrectHorse, Scopes = "ingest" },
            },
        }));

        Assert.Null(keys.Refuse(Request(("x-functions-key", "battery staple")), Scopes.Ingest, out var home));
        Assert.Null(keys.Refuse(Request(("x-functions-key", "correct horse")), Scopes.Ingest, out var none));
        Assert.Equal(("eu", null), (home, none));
    }

    [Fact]
    public void An_open_route_asks_for_no_key_and_a_wrong_one_does_not_matter() =>
        Assert.Null(_keys.Refuse(Request(("x-functions-key", "wrong")), Scopes.None, out _));

    [Fact]
    public void Without_keys_every_route_is_open()
    {
        var none = new AccessKeys(Options.Create(new AccessOptions()));

        Assert.True(none.IsEmpty);
        Assert.Null(none.Refuse(Request(), Scopes.Admin, out _));
    }

    [Fact]
    public void A_new_key_holds_256_random_bits_and_differs_each_time()
    {
        var (first, second) = (AccessKeys.NewKey(), AccessKeys.NewKey());

        Assert.NotEqual(first, second);
        Assert.StartsWith("trailgate_", first, StringComparison.Ordinal);
        Assert.Equal(32, System.Buffers.Text.Base64Url.DecodeFromChars(first.AsSpan("trailgate_".Length)).Length);
    }

    [Theory]
    [InlineData("ingest", Scopes.Ingest)]
    [InlineData(" Read , ADMIN", Scopes.Read | Scopes.Admin)]
    [InlineData("ingest,ingest", Scopes.Ingest)]
    public void Scopes_are_read_from_text(string text, Scopes expected)
    {
        Assert.True(ScopesText.TryParse(text, out var scopes));
        Assert.Equal(expected, scopes);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ingest,")]
    [InlineData("write")]
    [InlineData("ingest read")]
    [InlineData("1")]
    public void Text_that_is_no_list_of_scopes_is_refused_as_a_whole(string? text)
    {
        Assert.False(ScopesText.TryParse(text, out var scopes));
        Assert.Equal(Scopes.None, scopes);
    }

    private static HttpRequest Request(params (string Name, StringValues Value)[] headers)
    {
        var context = new DefaultHttpContext();
        foreach (var (name, value) in headers)
        {
            context.Request.Headers[name] = value;
        }

        return context.Request;
    }
}
