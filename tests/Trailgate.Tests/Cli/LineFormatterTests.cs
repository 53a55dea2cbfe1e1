using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Cli;
using Trailgate.Storage;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Cli;

public sealed class LineFormatterTests
{
    [Theory]
    [InlineData(LogLevel.Information, "06:00:00 done\n")]
    [InlineData(LogLevel.Warning, "06:00:00 warning: done\n")]
    [InlineData(LogLevel.Error, "06:00:00 error: done\n")]
    public void A_message_is_one_line_with_time_and_level(LogLevel level, string expected) =>
        Assert.Equal(expected, Write(level, "done", null));

    [Fact]
    public void A_line_break_in_a_message_can_not_forge_a_line_and_an_escape_can_not_steer_a_terminal() =>
        Assert.Equal("06:00:00 a  06:00:00 error: b [31m\n", Write(LogLevel.Information, "a\r\n06:00:00 error: b\u001b[31m", null));

    [Fact]
    public void A_warning_keeps_its_reason_on_the_line() =>
        Assert.Equal("06:00:00 warning: not sent (the other side closed)\n", Write(LogLevel.Warning, "not sent", new IOException("the other side closed")));

    [Fact]
    public void An_error_shows_what_threw() =>
        Assert.Contains("System.IO.IOException: broken", Write(LogLevel.Error, "failed", new IOException("broken")), StringComparison.Ordinal);

    [Fact]
    public void A_full_disk_is_told_without_a_stack() => Assert.Equal(
        "06:00:00 error: failed (Cannot write 'x': No space left on device)\n",
        Write(LogLevel.Error, "failed", new StorageException("Cannot write 'x': No space left on device", new IOException("No space left on device"))));

    private static string Write(LogLevel level, string message, Exception? exception)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        var entry = new LogEntry<string>(level, "Trailgate", default, message, exception, static (state, _) => state);
        new LineFormatter(new ManualTimeProvider()).Write(entry, null, writer);
        return writer.ToString();
    }
}
