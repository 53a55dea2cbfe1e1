using Trailgate.Events;
using Trailgate.Normalize;
using Trailgate.Storage;

namespace Trailgate.Ingest;

/// <summary>
/// What one request brings: what became of each raw event, and a submission for each store that keeps some of it.
/// </summary>
/// <param name="residency">Decides which that is.</param>
/// <param name="home">The sender's home.</param>
/// <param name="bodyLength">Length of the body in bytes.</param>
internal sealed class Intake(Residency residency, Store home, int bodyLength) : IDisposable
{
    private readonly List<Submission> _submissions = new(1);

    /// <summary>One for each raw event, in the order of the body.</summary>
    public List<ItemResult> Results { get; } = new(1);

    /// <summary>One for each store that keeps some of it; none for a body without items.</summary>
    public IReadOnlyList<Submission> Submissions => _submissions;

    /// <summary>Takes an event.</summary>
    /// <param name="result">What became of it.</param>
    /// <param name="line">Its line.</param>
    /// <returns>Where it goes.</returns>
    public Submission Accept(in NormalizeResult result, out Memory<byte> line)
    {
        var submission = For(residency.StoreOf(result.Event.Region, home));
        line = submission.Accept(result);
        Results.Add(new ItemResult(result.Event.Id, result.Event.Region, null));
        return submission;
    }

    /// <summary>Puts the id of an event into its result.</summary>
    public void Name(int result, EventId id) => Results[result] = Results[result] with { Id = id };

    /// <summary>Takes what is no event.</summary>
    /// <param name="result">Its line and the reason.</param>
    /// <param name="raw">What was refused, as it came.</param>
    /// <param name="whole">All that the line keeps of it, as it came: the envelope that it was in, or empty.</param>
    /// <param name="facts">What further envelopes tell, or null.</param>
    public void Quarantine(in NormalizeResult result, ReadOnlySpan<byte> raw, ReadOnlySpan<byte> whole, EnvelopeFacts? facts)
    {
        For(residency.StoreOfQuarantined(raw, whole, facts, home)).Quarantine(result);
        Results.Add(new ItemResult(default, Region.Unknown, result.Reason));
    }

    /// <summary>Asks for what a receipt tells of the batches; to be called before they are committed.</summary>
    public void WantReceipt()
    {
        foreach (var submission in _submissions)
        {
            submission.WantsReceipt = true;
        }
    }

    /// <summary>For each batch that was committed the events of this request in it; batches without any are left out.</summary>
    public IReadOnlyList<ReceiptBatch> Covered()
    {
        var covered = new List<ReceiptBatch>(_submissions.Count);
        foreach (var submission in _submissions)
        {
            var events = new List<(EventId, Region)>(Results.Count);
            foreach (var result in Results)
            {
                if (result.IsEvent && residency.StoreOf(result.Region, home) == submission.Store)
                {
                    events.Add((result.Id, result.Region));
                }
            }

            if (events.Count > 0)
            {
                var (name, sha256) = submission.Batch ?? throw new InvalidOperationException("The batch is not committed, or no receipt was wanted before.");
                covered.Add(new ReceiptBatch(submission.Store.Name, name.Path, sha256, events));
            }
        }

        return covered;
    }

    public void Dispose()
    {
        foreach (var submission in _submissions)
        {
            submission.Dispose();
        }
    }

    private Submission For(Store store)
    {
        foreach (var submission in _submissions)
        {
            if (submission.Store == store)
            {
                return submission;
            }
        }

        // What Trailgate adds to an event is about a quarter of a usual one.
        var made = new Submission(store, (int)Math.Min(int.MaxValue, bodyLength + bodyLength / 3L + 512));
        _submissions.Add(made);
        return made;
    }
}

/// <summary>What became of a raw event: quarantined when there is a reason.</summary>
internal readonly record struct ItemResult(EventId Id, Region Region, string? Reason)
{
    public bool IsEvent => Reason is null;
}
