using System.Runtime.InteropServices;
using Trailgate.Alerts;
using Trailgate.Events;
using Trailgate.Normalize;
using Trailgate.Verify;

namespace Trailgate.Ingest;

/// <summary>
/// Events of a body whose lines are written and whose ids are still to be made: many ids made side by side take a fraction of the
/// time. What needs the id waits with them: the rules that an event meets, and its place in the answer. Used again for the next body; not
/// safe for several threads.
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
    private readonly List<Unnamed> _events = new(Most);
    private readonly byte[] _digests = new byte[Most * Sha256Batch.DigestLength];

    /// <summary>Takes an event into an intake.</summary>
    public void Add(in NormalizeResult result, Intake intake)
    {
        if (_events.Count == Most)
        {
            NameAll();
        }

        // One that had to be limited has its id: its overflow is stored with it.
        if (!result.Content.IsEmpty)
        {
            _places.Add((_contents.Length, result.Content.Length));
            _contents.Append(result.Content);
        }

        var submission = intake.Accept(result, out var line);
        _events.Add(new Unnamed(intake, intake.Results.Count - 1, submission, line, result.Event, !result.Content.IsEmpty));
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

    /// <summary>Forgets what was added: the body is refused.</summary>
    public void Clear()
    {
        _events.Clear();
        _places.Clear();
        _contents.Clear();
    }

    private readonly record struct Unnamed(Intake Intake, int Result, Submission Submission, Memory<byte> Line, EventLine Header, bool HasNoId);
}
