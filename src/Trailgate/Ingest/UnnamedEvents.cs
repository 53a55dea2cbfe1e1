using System.Runtime.InteropServices;
using Trailgate.Alerts;
using Trailgate.Events;
using Trailgate.Hashing;
using Trailgate.Normalize;

namespace Trailgate.Ingest;

/// <summary>
/// Events whose lines are written and whose ids are still to be made: many ids made side by side take a fraction of the
/// time. Those of a large body are made at its end; the few of a small one wait for the commit, which has those of other
/// requests as well. What needs the id waits with them: the rules that an event meets, and its place in the answer. Used
/// again for the next body or commit; not safe for several threads.
/// </summary>
internal sealed class UnnamedEvents(AlertDispatcher alerts)
{
    /// <summary>More gain nothing, and what is hashed should still lie in the processor's cache.</summary>
    private const int Most = 64;

    /// <summary>Fewer are faster one by one.</summary>
    private const int Worthwhile = 4;

    private readonly Sha256Batch _sha256 = new();
    private readonly ByteBuffer _contents = new(64 * 1024);
    private readonly List<(int Start, int Length)> _places = new(Most);
    private readonly List<UnnamedEvent> _events = new(Most);
    private readonly byte[] _digests = new byte[Most * Sha256Batch.DigestLength];

    /// <summary>Takes an event into an intake.</summary>
    public void Add(in NormalizeResult result, Intake intake)
    {
        var submission = intake.Accept(result, out var line);
        // One that had to be limited has its id: its overflow is stored with it.
        Add(new UnnamedEvent(intake, intake.Results.Count - 1, submission, line, result.Event, !result.Content.IsEmpty), result.Content);
    }

    /// <summary>Takes over the events that were left to the commit of a submission.</summary>
    public void TakeFrom(Submission submission)
    {
        foreach (var (unnamed, content) in submission.Unnamed)
        {
            Add(unnamed, content);
        }

        submission.ForgetUnnamed();
    }

    /// <summary>Names all that were added, in their order.</summary>
    public void NameAll()
    {
        Hash();
        var next = _digests.AsSpan();
        foreach (ref readonly var unnamed in CollectionsMarshal.AsSpan(_events))
        {
            var header = unnamed.Header;
            if (unnamed.HasNoId)
            {
                header = header with { Id = EventId.Read(next) };
                next = next[Sha256Batch.DigestLength..];
                EventNormalizer.WriteId(header.Id, unnamed.Line.Span);
                unnamed.Intake.Name(unnamed.Result, header.Id);
            }

            if (alerts.Matches(header, unnamed.Line.Span))
            {
                unnamed.Submission.Matching.Add(unnamed.Line);
            }
        }

        Clear();
    }

    /// <summary>Names all that were added since the last were named, or leaves them to the commit when they are few.</summary>
    public void NameOrLeave()
    {
        if (_places.Count >= Worthwhile)
        {
            NameAll();
            return;
        }

        var next = 0;
        foreach (ref readonly var unnamed in CollectionsMarshal.AsSpan(_events))
        {
            var place = unnamed.HasNoId ? _places[next++] : default;
            unnamed.Submission.Leave(unnamed, _contents.Slice(place.Start, place.Length));
        }

        Clear();
    }

    /// <summary>Forgets what was added: the body is refused, or the commit failed.</summary>
    public void Clear()
    {
        _events.Clear();
        _places.Clear();
        _contents.Clear();
    }

    private void Add(in UnnamedEvent unnamed, ReadOnlySpan<byte> content)
    {
        if (_events.Count == Most)
        {
            NameAll();
        }

        if (unnamed.HasNoId)
        {
            _places.Add((_contents.Length, content.Length));
            _contents.Append(content);
        }

        _events.Add(unnamed);
    }

    private void Hash()
    {
        if (_places.Count >= Worthwhile)
        {
            _sha256.Hash(_contents.Written, CollectionsMarshal.AsSpan(_places), _digests);
            return;
        }

        for (var i = 0; i < _places.Count; i++)
        {
            EventId.Of(_contents.Slice(_places[i].Start, _places[i].Length)).Write(_digests.AsSpan(i * Sha256Batch.DigestLength));
        }
    }
}

/// <summary>An event whose line is written.</summary>
/// <param name="Intake">What its request brings.</param>
/// <param name="Result">Its place among the results of the intake.</param>
/// <param name="Submission">Where its line lies.</param>
/// <param name="Line">The line.</param>
/// <param name="Header">What was read of it.</param>
/// <param name="HasNoId">Whether its id is still to be made.</param>
internal readonly record struct UnnamedEvent(
    Intake Intake, int Result, Submission Submission, Memory<byte> Line, EventLine Header, bool HasNoId);
