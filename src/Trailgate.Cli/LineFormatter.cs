using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Trailgate.Cli;

/// <summary>
/// One line for each message: local time, the level unless it is information, the message. Only an error's exception
/// takes more, because its stack is what one looks for; but a fault of a store, such as a full disk, is told by its message.
/// </summary>
internal sealed class LineFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "line";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        if (IsFailedStart(logEntry))
        {
            return;
        }

        textWriter.Write(time.GetLocalNow().ToString("HH:mm:ss ", CultureInfo.InvariantCulture));
        textWriter.Write(logEntry.LogLevel switch
        {
            LogLevel.Critical or LogLevel.Error => "error: ",
            LogLevel.Warning => "warning: ",
            LogLevel.Debug or LogLevel.Trace => "debug: ",
            _ => "",
        });
        WriteLine(textWriter, logEntry.Formatter(logEntry.State, logEntry.Exception));
        if (logEntry.Exception is { } exception)
        {
            if (logEntry.LogLevel >= LogLevel.Error && !ExpectedFailure.IsOfStore(exception))
            {
                textWriter.Write(Environment.NewLine);
                textWriter.Write(exception.ToString());
            }
            else
            {
                WriteLine(textWriter, $" ({exception.Message})");
            }
        }

        textWriter.Write(Environment.NewLine);
    }

    // The command says in one sentence why it could not start; the host's stack trace above it would only hide that.
    private static bool IsFailedStart<TState>(in LogEntry<TState> logEntry) =>
        logEntry.EventId is { Id: 11, Name: "HostedServiceStartupFaulted" } && logEntry.Category == "Microsoft.Extensions.Hosting.Internal.Host";

    // A path or a name may hold line breaks and escape sequences: none of them may forge a line or steer a terminal.
    private static void WriteLine(TextWriter writer, string text)
    {
        foreach (var character in text)
        {
            writer.Write(char.IsControl(character) ? ' ' : character);
        }
    }
}
