using Trailgate.Cli;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Cli;

public sealed class RulesCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task A_file_without_faults_is_answered_with_the_rules_that_are_on()
    {
        var file = Write("""{"rules":[{"name":"unauthorized","enabled":true},{"name":"failure","enabled":false}]}""");

        Assert.Equal(0, await RunAsync("rules", "check", file));
        Assert.Contains("On:  delete, unauthorized", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("Off: failure, credential", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_fault_of_a_file_is_named_with_its_place_and_the_command_ends_with_1()
    {
        var file = Write("""
            {"rules":[
              {"name":"a"},
              {"name":"B"}]}
            """);

        Assert.Equal(1, await RunAsync("rules", "check", file));
        var lines = _error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith($"{file}: line 2, column 3, rules[0]:", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"{file}: line 3, column 11, rules[1].name:", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_and_one_with_faults_are_not_tried()
    {
        Assert.Equal(2, await RunAsync("rules", "check", _folder.Combine("none.json")));
        Assert.Equal(2, await RunAsync("rules", "test", Write("{}"), "--data", _folder.Combine("data")));
        Assert.Contains("rules check", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_are_tried_on_an_archive_that_is_empty()
    {
        Directory.CreateDirectory(_folder.Combine("data"));

        Assert.Equal(0, await RunAsync("rules", "test", Write("""{"rules":[]}"""), "--from", "2026-11-22", "--to", "2026-11-23T05:00:00+01:00", "--data", _folder.Combine("data")));

        Assert.Contains("0 archived events.", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("delete: 0 matches, 0 notifications a channel", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--from", "7d")]
    [InlineData("--from", "2026-11-22T05:54:00.5+01:00")]
    [InlineData("--from", "yesterday", "--to", "today")]
    public async Task Times_are_read_as_query_reads_them(params string[] times)
    {
        Directory.CreateDirectory(_folder.Combine("data"));

        Assert.Equal(0, await RunAsync(["rules", "test", Write("""{"rules":[]}"""), .. times, "--data", _folder.Combine("data")]));
    }

    [Theory]
    [InlineData("--from must be a time by RFC 3339", "--from", "11/22/2026")]
    [InlineData("--to must be a time by RFC 3339", "--to", "2026-11")]
    [InlineData("--from must be earlier than --to", "--from", "today", "--to", "yesterday")]
    [InlineData("--from is given 2 times; give it once.", "--from", "7d", "--from", "2h")]
    public async Task A_time_that_query_does_not_read_is_refused_in_the_same_words(string expected, params string[] times)
    {
        Directory.CreateDirectory(_folder.Combine("data"));

        foreach (var command in (string[][])[["rules", "test", Write("""{"rules":[]}""")], ["query"]])
        {
            Assert.Equal(2, await RunAsync([.. command, .. times, "--data", _folder.Combine("data")]));
        }

        Assert.Equal(2, _error.ToString().Split(expected).Length - 1);
    }

    [Theory]
    [InlineData("alerts", "explain", "xyz")]
    [InlineData("alerts", "explain", "00000000000000000000000000000007")]
    public async Task What_can_not_be_answered_ends_with_2(params string[] args)
    {
        Directory.CreateDirectory(_folder.Combine("data"));

        Assert.Equal(2, await RunAsync([.. args, "--data", _folder.Combine("data")]));
        Assert.NotEqual("", _error.ToString());
    }

    private string Write(string text)
    {
        var file = _folder.Combine("rules.json");
        File.WriteAllText(file, text);
        return file;
    }

    private Task<int> RunAsync(params string[] args) => CommandLine.RunAsync(args, _output, _error);
}
