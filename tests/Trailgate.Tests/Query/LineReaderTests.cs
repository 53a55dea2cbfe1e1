using System.Text;
using Trailgate.Query;

namespace Trailgate.Tests.Query;

public class LineReaderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000_000)]
    public async Task Lines_are_the_same_however_the_stream_is_cut(int pieces)
    {
        string[] expected = ["first", "", new string('x', 200_000), "last"];

        var (lines, rest) = await ReadAsync(string.Join('\n', expected) + "\n", pieces);

        Assert.Equal(expected, lines);
        Assert.False(rest);
    }

    [Fact]
    public async Task Bytes_without_a_newline_are_a_rest_and_no_line()
    {
        var (lines, rest) = await ReadAsync("whole\ncut", 3);

        Assert.Equal(["whole"], lines);
        Assert.True(rest);
    }

    private static async Task<(List<string> Lines, bool HasRest)> ReadAsync(string text, int pieces)
    {
        var lines = new List<string>();
        await using var reader = new LineReader(new PiecewiseStream(Encoding.UTF8.GetBytes(text), pieces));
        while (await reader.FillAsync(default))
        {
            while (reader.TryTake(out var line))
            {
                lines.Add(Encoding.UTF8.GetString(line));
            }
        }

        return (lines, reader.HasRest);
    }

    /// <summary>Gives at most so many bytes at a time.</summary>
    private sealed class PiecewiseStream(byte[] content, int piece) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
