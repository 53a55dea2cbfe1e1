using Trailgate.Storage;

namespace Trailgate.Verify;

/// <summary>Collects findings and remarks from all threads, in bounded memory: an archive can be wrong in every place.</summary>
internal sealed class Findings
{
    /// <summary>How many findings are kept; the count goes on.</summary>
    public const int MaxKept = 1000;

    private readonly Lock _gate = new();
    private readonly List<Finding> _kept = [];
    private readonly Dictionary<(string Code, string Message), long> _remarks = [];
    private long _count;

    public long Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    /// <summary>The findings that were kept, in the order of their places.</summary>
    public IReadOnlyList<Finding> Kept()
    {
        lock (_gate)
        {
            return [.. _kept.OrderBy(finding => finding.Place.Blob, StringComparer.Ordinal).ThenBy(finding => finding.Place.Line)];
        }
    }

    public IReadOnlyList<Remark> Remarks()
    {
        lock (_gate)
        {
            return [.. _remarks.Select(remark => new Remark(remark.Key.Code, remark.Key.Message, remark.Value)).OrderBy(remark => remark.Code, StringComparer.Ordinal)];
        }
    }

    public Finding Add(string code, BlobName blob, string message) => Add(code, new FindingPlace(blob.ToString()), message);

    public Finding Add(string code, FindingPlace place, string message)
    {
        var finding = new Finding(code, place, message);
        lock (_gate)
        {
            _count++;
            if (_kept.Count < MaxKept)
            {
                _kept.Add(finding);
            }
        }

        return finding;
    }

    /// <summary>Says something once, however often it is met.</summary>
    public void Remark(string code, string message, long count = 1)
    {
        lock (_gate)
        {
            // Messages are few by construction; one that holds a name of somebody's choice is bounded all the same.
            if (_remarks.Count < MaxKept || _remarks.ContainsKey((code, message)))
            {
                _remarks[(code, message)] = _remarks.GetValueOrDefault((code, message)) + count;
            }
        }
    }
}
