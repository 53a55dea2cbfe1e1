using System.Globalization;
using Trailgate.Verify;

namespace Trailgate.Cli.Verify;

/// <summary>Shows on one line of a terminal how far a check is, and wipes the line in the end. Nothing of it goes into a pipe.</summary>
internal sealed class ProgressBar : IDisposable
{
    private const int Width = 30;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly TextWriter _terminal;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private long _shown;
    private int _length;

    private ProgressBar(TextWriter terminal, TimeProvider time)
    {
        _terminal = terminal;
        _time = time;
        _shown = time.GetTimestamp();
    }

    /// <summary>A bar, if what is written there comes to a terminal; else null.</summary>
    public static ProgressBar? On(TextWriter error, TimeProvider time) =>
        ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected ? new ProgressBar(error, time) : null;

    public void Show(VerifyProgress progress)
    {
        if (!_gate.TryEnter())
        {
            return; // somebody else shows something newer
        }

        try
        {
            if (_time.GetElapsedTime(_shown) >= Interval)
            {
                _shown = _time.GetTimestamp();
                Write(Line(progress));
            }
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>The line for a state.</summary>
    public static string Line(VerifyProgress progress)
    {
        if (progress.ExpectedEvents == 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"reading the ledger: {progress.Notes:N0} notes, {progress.Manifests:N0} manifests");
        }

        var done = Math.Clamp(progress.Events / (double)progress.ExpectedEvents, 0, 1);
        var filled = (int)(done * Width);
        return string.Create(
            CultureInfo.InvariantCulture, $"[{new string('#', filled)}{new string('.', Width - filled)}] {100 * done,3:F0} %  {progress.Events:N0} of {progress.ExpectedEvents:N0} events");
    }

    public void Dispose()
    {
        lock (_gate)
        {
            Write("");
            _terminal.Write('\r');
        }
    }

    private void Write(string line)
    {
        _terminal.Write('\r' + line.PadRight(_length));
        _length = line.Length;
    }
}
