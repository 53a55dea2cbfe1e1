using System.Collections.Concurrent;
using Trailgate.EndToEnd.Tests.Evidence;

namespace Trailgate.EndToEnd.Tests.Load;

/// <summary>What was sent, and what the server said about it: what the archive is held against.</summary>
internal sealed class SentLog
{
    private readonly ConcurrentDictionary<string, TestEvent> _sent = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _accepted = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _surprises = new();
    private int _attempts;
    private int _answers;
    private int _refused;

    /// <summary>Events that were answered with 202, each counted once.</summary>
    public int Accepted => _accepted.Count;

    /// <summary>Events in requests that had no 202.</summary>
    public int Unanswered => _attempts - _answers;

    /// <summary>Requests that were answered with 503 and when to come again.</summary>
    public int RefusedRequests => _refused;

    /// <summary>To be called before the events are sent.</summary>
    public void Sending(IReadOnlyCollection<TestEvent> events)
    {
        Interlocked.Add(ref _attempts, events.Count);
        foreach (var sent in events)
        {
            _sent[sent.Key] = sent;
        }
    }

    /// <summary>Notes the id that a 202 gave to an event.</summary>
    public void Answered(TestEvent sent, string id, string region)
    {
        Interlocked.Increment(ref _answers);
        if (_accepted.GetOrAdd(sent.Key, id) != id)
        {
            _surprises.Enqueue($"{sent.Key} got two ids.");
        }

        if (region != sent.Region)
        {
            _surprises.Enqueue($"{sent.Key} of {sent.Region} was taken for {region}.");
        }
    }

    /// <summary>Notes a 503.</summary>
    public void Refused() => Interlocked.Increment(ref _refused);

    /// <summary>Notes an answer that nobody expects.</summary>
    public void Surprise(string what) => _surprises.Enqueue(what);

    /// <summary>
    /// Everything that was answered 202 is there exactly once, in its place and under the id of the answer. What was sent
    /// and not answered is there once or not. Nothing else is there.
    /// </summary>
    public void AssertKeptIn(StoredArchive archive)
    {
        Assert.Empty(_surprises);
        var found = new Dictionary<string, ArchivedLine>(StringComparer.Ordinal);
        foreach (var line in archive.Lines)
        {
            Assert.True(found.TryAdd(line.CorrelationId!, line), $"{line.CorrelationId} is there twice: {found[line.CorrelationId!].Hour} and {line.Hour}.");
            var sent = _sent[line.CorrelationId!];
            Assert.Equal((sent.Region, sent.Hour ?? line.Hour), (line.Region, line.Hour));
        }

        var lost = _accepted.Keys.Where(key => !found.ContainsKey(key)).Order(StringComparer.Ordinal).ToList();
        Assert.True(lost.Count == 0, $"{lost.Count} of {_accepted.Count} accepted events are lost, such as {string.Join(", ", lost.Take(5))}.");
        Assert.All(_accepted, accepted => Assert.Equal(accepted.Value, found[accepted.Key].Id));
        Assert.InRange(archive.Counts.Received, _answers, _attempts);
    }
}
