namespace Trailgate.EndToEnd.Tests.Processes;

/// <summary>What a process prints, line by line, for those who read it and those who wait for it.</summary>
internal sealed class OutputLines
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<(Predicate<string> Wanted, TaskCompletionSource<string> Found)> _waiting = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends with the output.</summary>
    public Task Ended => _ended.Task;

    public string[] All
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Adds a line; null is the end.</summary>
    public void Add(string? line)
    {
        if (line is null)
        {
            _ended.TrySetResult();
            return;
        }

        lock (_gate)
        {
            _lines.Add(line);
            _waiting.RemoveAll(waiter => waiter.Wanted(line) && waiter.Found.TrySetResult(line));
        }
    }

    /// <summary>The first line of that kind: one that is there, or the next to come.</summary>
    public Task<string> FirstAsync(Predicate<string> wanted)
    {
        lock (_gate)
        {
            if (_lines.Find(wanted) is { } line)
            {
                return Task.FromResult(line);
            }

            var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((wanted, found));
            return found.Task;
        }
    }
}
