using Trailgate.Cli;
using Trailgate.Hosting;

namespace Trailgate.Tests.Cli;

public sealed class CommandLineTests
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    [Theory]
    [InlineData("", "Required command was not provided")]
    [InlineData("srve", "'srve'")]
    [InlineData("serve --port 1", "'--port'")]
    [InlineData("serve --urls", "--urls")]
    [InlineData("serve --azurite=often", "--azurite takes a port, not 'often'.")]
    [InlineData("archive now", "'now'")]
    [InlineData("access-key", "Required command was not provided")]
    [InlineData("access-key new", "new")]
    [InlineData("access-key new ci", "--scopes")]
    [InlineData("access-key new ci --scopes write", "ingest,read,admin")]
    [InlineData("access-key new c__i --scopes read", "NAME")]
    [InlineData("access-key new 9lives --scopes read", "NAME")]
    public async Task A_command_line_that_can_not_be_understood_ends_with_2_and_says_why(string line, string named)
    {
        var exit = await RunAsync(line);

        Assert.Equal(2, exit);
        Assert.Contains(named, _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("--help'", _error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
    }

    [Theory]
    [InlineData("--help", "serve")]
    [InlineData("help", "serve")]
    [InlineData("serve --help", "--demo")]
    [InlineData("help access-key new", "--scopes")]
    [InlineData("archive --help", "--data")]
    [InlineData("access-key new --help", "--scopes")]
    public async Task Help_is_no_error(string line, string named)
    {
        Assert.Equal(0, await RunAsync(line));
        Assert.Contains(named, _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_key_is_printed_with_settings_that_let_it_in()
    {
        Assert.Equal(0, await RunAsync("access-key new ci --scopes read,ingest"));

        var lines = _output.ToString().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var key = Assert.Single(lines, line => line.StartsWith("trailgate_", StringComparison.Ordinal));
        Assert.Contains($"Trailgate__Keys__ci__Hash={AccessKeys.HashOf(key)}", lines);
        Assert.Contains("Trailgate__Keys__ci__Scopes=ingest,read", lines);
    }

    private Task<int> RunAsync(string line) =>
        CommandLine.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), _output, _error);
}
