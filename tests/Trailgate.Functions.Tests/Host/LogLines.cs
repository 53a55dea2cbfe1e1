using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Trailgate.Functions.Tests.Host;

/// <summary>Keeps what the app logs.</summary>
internal sealed class LogLines : ILoggerProvider
{
    public ConcurrentQueue<(string Category, LogLevel Level, string Text)> All { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, All);

    public void Dispose()
    {
        // Nothing is held.
    }

    private sealed class Logger(string category, ConcurrentQueue<(string, LogLevel, string)> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue((category, logLevel, formatter(state, exception)));
    }
}
