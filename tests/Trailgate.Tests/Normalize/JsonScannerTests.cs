using System.Text;
using System.Text.Json;
using Trailgate.Normalize;

namespace Trailgate.Tests.Normalize;

public sealed class JsonScannerTests
{
    /// <summary>What JSON is made of, so that random texts of it are now and then JSON, and often nearly.</summary>
    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"a\":", "{}", "[]", " ", "\n", "\t", "\r", "\0", "\u001F", "\u007F", "é", "\uD83D\uDE00",
        "\\", "\\n", "\\u", "\\u00e9", "\\uD83D", "\"\\", "\\x", "0", "-", "1", "-0", "01", "1.5", "1.", ".5", "1e3", "1E+3", "1e-", "2e", "+1",
        "true", "false", "null", "tru", "nul", "NaN", "//", "/", "/**/", "'", "\"an ordinary text that is longer than a vector register\"",
        "\"a text that is longer than a vector register \\\" and has an escape\"",
    ];

    [Theory]
    [InlineData("{\"a\":1}")]
    [InlineData(" { \"a\" : [ 1 , -0.5e+3 , true , false , null , \"\\u00e9\\n\" ] , \"b\" : { } } ")]
    [InlineData("[[[[]]],{}]")]
    [InlineData("{}{}")]
    [InlineData("1 2 \"x\"")]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[")]
    [InlineData("{\"a\"")]
    [InlineData("{\"a\":")]
    [InlineData("{\"a\":1")]
    [InlineData("{\"a\":1,")]
    [InlineData("{\"a\":1,}")]
    [InlineData("[1,]")]
    [InlineData("[1 2]")]
    [InlineData("[1}")]
    [InlineData("{\"a\":1]")]
    [InlineData("{a:1}")]
    [InlineData("{\"a\" 1}")]
    [InlineData("\"")]
    [InlineData("\"\\\"")]
    [InlineData("\"\\u12\"")]
    [InlineData("\"\\u12G4\"")]
    [InlineData("\"a\nb\"")]
    [InlineData("01")]
    [InlineData("-")]
    [InlineData("1.")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1x")]
    [InlineData("trux")]
    [InlineData("1,2")]
    [InlineData("]")]
    public void A_text_is_JSON_exactly_when_the_platforms_reader_says_so(string text) => AssertAgree(Encoding.UTF8.GetBytes(text));

    [Fact]
    public void Random_texts_made_of_JSONs_pieces_are_judged_like_the_platforms_reader_does()
    {
        var random = new Random(20261122);
        var valid = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            valid += AssertAgree(Encoding.UTF8.GetBytes(text)) ? 1 : 0;
        }

        Assert.InRange(valid, 2_000, 198_000); // both answers were put to the test
    }

    [Fact]
    public void A_cut_or_changed_event_is_judged_like_the_platforms_reader_does()
    {
        var random = new Random(7);
        var whole = Encoding.UTF8.GetBytes(
            """{"id":"x","action":"codeengine.application.update","eventTime":"2026-11-22T05:54:00.12+0000","requestData":{"newValue":{"image":"icr.io/a:b","scale":[1,2.5,-3e2,true,null],"note":"a \"quoted\" \\ text \u00e9 and more than a register"}},"initiator":{"name":"kenji@example.com"}}""");
        for (var length = 0; length <= whole.Length; length++)
        {
            AssertAgree(whole[..length]);
        }

        for (var i = 0; i < 100_000; i++)
        {
            var changed = (byte[])whole.Clone();
            changed[random.Next(changed.Length)] = (byte)random.Next(0x80);
            AssertAgree(changed);
        }
    }

    [Theory]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(128)]
    [InlineData(1_000)]
    [InlineData(1_000_000)]
    public void Nesting_of_any_depth_is_followed(int depth)
    {
        var text = new StringBuilder();
        for (var i = 0; i < depth; i++)
        {
            text.Append(i % 3 == 0 ? "{\"a\":" : "[");
        }

        text.Append('1');
        for (var i = depth - 1; i >= 0; i--)
        {
            text.Append(i % 3 == 0 ? '}' : ']');
        }

        Assert.True(Accepts(Encoding.UTF8.GetBytes(text.ToString())));
        Assert.False(Accepts(Encoding.UTF8.GetBytes(text.Replace('}', ']', text.Length - 1, 1).ToString())));
    }

    [Fact]
    public void The_place_of_a_fault_is_told()
    {
        var e = Assert.ThrowsAny<JsonException>(() => ReadAll("{\"a\":1}\n{\"b\":x}"u8.ToArray()));
        Assert.Equal(1, e.LineNumber);
        Assert.Equal(5, e.BytePositionInLine);
    }

    [Fact]
    public void Members_are_found_with_their_values()
    {
        var json = """ { "a" : [1, 2] , "b\n":"x", "c":{} } """u8;
        var scanner = new JsonScanner(json);
        Assert.True(scanner.MoveToValue());
        Assert.Equal(JsonTokenType.StartObject, scanner.Type);
        Assert.True(scanner.Enter());
        var found = new List<string>();
        do
        {
            var name = Encoding.UTF8.GetString(scanner.ReadName(out var isEscaped));
            var (type, start) = (scanner.Type, scanner.Position);
            scanner.Skip();
            found.Add($"{name} {isEscaped} {type} {Encoding.UTF8.GetString(json[start..scanner.Position])}");
        }
        while (scanner.MoveToNext((byte)'}'));

        Assert.Equal(["a False StartArray [1, 2]", "b\\n True String \"x\"", "c False StartObject {}"], found);
        Assert.False(scanner.MoveToValue());
    }

    private static bool AssertAgree(byte[] text)
    {
        var expected = ReaderAccepts(text);
        Assert.True(expected == Accepts(text), $"{(expected ? "JSON" : "no JSON")}: {Encoding.UTF8.GetString(text)}");
        return expected;
    }

    private static bool Accepts(byte[] text)
    {
        try
        {
            ReadAll(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void ReadAll(byte[] text)
    {
        var scanner = new JsonScanner(text);
        while (scanner.MoveToValue())
        {
            scanner.Skip();
        }
    }

    private static bool ReaderAccepts(byte[] text)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = int.MaxValue, AllowMultipleValues = true });
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
