using System.Text.Json;
using System.Text.Json.Nodes;
using Trailgate.Cli;
using Trailgate.Tests.Ingest;

namespace Trailgate.Tests.Cli;

/// <summary>The commands that look, beside a server that runs on the same directory.</summary>
public sealed class LookingCommandTests : IAsyncLifetime, IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private IngestServer _server = null!; // xunit calls InitializeAsync before any test
    private string[] _ids = [];

    public async Task InitializeAsync()
    {
        _server = await IngestServer.StartAsync();
        var answer = await _server.PostAsync("""
            [{"action":"a.job.create","outcome":"success","eventTime":"2026-11-22T05:00:00.00Z","correlationId":"c-1","target":{"id":"t-1","name":"shop"},"initiator":{"id":"u-1","name":"ana"},"requestData":{"scale":1}},
             {"action":"a.job.update","outcome":"success","eventTime":"2026-11-22T05:05:00.00Z","correlationId":"c-2","target":{"id":"t-1","name":"shop"},"initiator":{"id":"u-1","name":"ana"},"requestData":{"scale":2,"image":"x"}},
             {"action":"a.job.delete","outcome":"pending","eventTime":"2026-11-22T05:06:00.00Z","correlationId":"c-2","target":{"id":"t-1","name":"shop"},"initiator":{"id":"u-1","name":"ana\u001b[2J"},"reason":{"reasonForFailure":"no\u202e"}}]
            """);
        _ids = [.. answer.Results.Select(result => result.GetProperty("id").GetString()!)];
    }

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Theory]
    [InlineData("query", new[] { 2, 1, 0 })]
    [InlineData("query --order oldest --limit 2", new[] { 0, 1 })]
    [InlineData("query --kind !delete --initiator u-1", new[] { 1, 0 })]
    [InlineData("query --action a.job.create,*.delete", new[] { 2, 0 })]
    [InlineData("query --correlation-id c-2 --from 2026-11-22T05:05:30Z", new[] { 2 })]
    [InlineData("query --target-id t-1 --outcome pending --severity critical,normal,warning --region unknown", new[] { 2 })]
    [InlineData("query --reason NO --text shop --to 2026-11-23", new[] { 2 })]
    [InlineData("query --view deletes", new[] { 2 })]
    [InlineData("query --view request --correlation-id c-2", new[] { 1, 2 })]
    [InlineData("query --view request --correlation-id c-2 --order newest", new[] { 2, 1 })]
    public async Task Into_a_pipe_go_the_stored_events_one_a_line(string line, int[] expected)
    {
        Assert.Equal(0, await RunAsync(line));

        Assert.Equal(expected.Select(number => _ids[number]), Lines().Select(text => JsonElement.Parse(text).GetProperty("id").GetString()));
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public async Task A_table_has_the_columns_of_its_view_and_obeys_no_event()
    {
        Assert.Equal(0, await RunAsync("query --view deletes --format table"));

        var lines = Lines();
        Assert.Equal(["eventTime", "region", "action", "outcome", "initiator.name", "target.name", "target.id"], lines[0].Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Assert.Equal(
            ["2026-11-22T05:06:00.000Z", "unknown", "a.job.delete", "pending", "ana\\u001b[2J", "shop", "t-1"],
            lines[1].Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    [Fact]
    public async Task A_table_that_was_cut_says_that_there_is_more()
    {
        Assert.Equal(0, await RunAsync("query --limit 1 --format table"));

        Assert.Equal(2, Lines().Length);
        Assert.Contains("--limit", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_table_for_spreadsheets_is_that_of_the_API()
    {
        var expected = await _server.Client.GetStringAsync(new Uri("/api/events?format=csv", UriKind.Relative));

        Assert.Equal(0, await RunAsync("query --format csv"));

        Assert.Equal(expected, _output.ToString());
    }

    [Theory]
    [InlineData("query --outcome maybe", "--outcome must be one of")]
    [InlineData("query --order up", "--order must be newest or oldest.")]
    [InlineData("query --order 1", "--order must be newest or oldest.")]
    [InlineData("query --kind delte", "--kind must be one or several, split by commas, of ")]
    [InlineData("query --limit 0", "--limit must be a whole number from 1 to 2147483647.")]
    [InlineData("query --limit many", "--limit must be a whole number from 1 to 2147483647.")]
    [InlineData("query --limit 99999999999", "--limit must be a whole number from 1 to 2147483647.")]
    [InlineData("query --format xml", "--format must be one of table, ndjson, csv.")]
    [InlineData("tail --severity bad", "--severity must be one or several, split by commas, of normal, warning, critical.")]
    [InlineData("query --view nobody", "There is no view 'nobody'")]
    [InlineData("query --view project", "--target-id")]
    [InlineData("story nobody", "No event has that correlationId")]
    [InlineData("changes 1", "EVENT-ID")]
    [InlineData("changes 00000000000000000000000000000001", "There is no event")]
    public async Task What_can_not_be_answered_ends_with_2_and_says_why(string line, string named)
    {
        Assert.Equal(2, await RunAsync(line));

        Assert.Contains(named, _error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Cannot parse", _error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
    }

    [Theory]
    [InlineData("query")]
    [InlineData("tail")]
    [InlineData("story c-1")]
    [InlineData("changes 00000000000000000000000000000001")]
    public async Task A_directory_that_is_not_there_is_not_made(string line)
    {
        var nowhere = Path.Combine(_server.Data, "nowhere");

        Assert.Equal(2, await CommandLine.RunAsync([.. line.Split(' '), "--data", nowhere], _output, _error));

        Assert.Contains("is not there", _error.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(nowhere));
    }

    [Fact]
    public async Task A_story_is_told_in_order_with_what_was_left_open()
    {
        Assert.Equal(0, await RunAsync("story c-2"));

        Assert.Equal(
            [
                "c-2: 2 steps in unknown, 2026-11-22T05:05:00.000Z to 2026-11-22T05:06:00.000Z",
                "before, by the same:",
                "  2026-11-22T05:00:00.000Z  unknown  a.job.create  success  by ana  on shop",
                "  2026-11-22T05:05:00.000Z  unknown  a.job.update  success  by ana  on shop",
                "  2026-11-22T05:06:00.000Z  unknown  a.job.delete  pending  by ana\\u001b[2J  on shop  (no\\u202e)  ? no end is told",
            ],
            Lines());
    }

    [Fact]
    public async Task A_change_is_told_with_what_was_before_and_who_showed_it()
    {
        Assert.Equal(0, await RunAsync($"changes {_ids[1]}"));

        Assert.Equal(
            [
                "2026-11-22T05:05:00.000Z  unknown  a.job.update  success  by ana  on shop",
                "replace /scale",
                $"  - 1   seen 2026-11-22T05:00:00.000Z in a.job.create, {_ids[0]}",
                "  + 2",
                "? /image  written; no event shows what was there before",
            ],
            Lines());
    }

    [Theory]
    [InlineData("story c-2", "/api/stories/c-2", null)]
    [InlineData("changes ID", "/api/events/ID?changes=true", "changes")]
    public async Task As_JSON_they_say_what_the_API_says(string line, string path, string? member)
    {
        var answer = JsonNode.Parse(await _server.Client.GetStringAsync(new Uri(path.Replace("ID", _ids[1], StringComparison.Ordinal), UriKind.Relative)))!;

        Assert.Equal(0, await RunAsync($"{line.Replace("ID", _ids[1], StringComparison.Ordinal)} --json"));

        var said = JsonNode.Parse(_output.ToString())!;
        foreach (var read in (JsonNode[])[said, answer])
        {
            read.AsObject().Remove("read"); // the server remembers what it read before
        }

        Assert.True(JsonNode.DeepEquals(member is null ? answer : answer[member], said), _output.ToString());
    }

    private string[] Lines() => _output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    private Task<int> RunAsync(string line) => CommandLine.RunAsync([.. line.Split(' '), "--data", _server.Data], _output, _error);
}
