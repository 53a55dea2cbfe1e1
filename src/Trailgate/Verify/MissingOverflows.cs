using Trailgate.Storage;

namespace Trailgate.Verify;

/// <summary>Overflow that events name and that is not there: a finding for each blob, however many events name it.</summary>
internal sealed class MissingOverflows(Findings findings)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Finding> _reported = new(StringComparer.Ordinal);

    public void Report(SegmentFacts segment, IEnumerable<(string Path, long Line)> missing)
    {
        foreach (var (path, line) in missing)
        {
            var place = new FindingPlace(segment.Name.ToString(), line);
            lock (_gate)
            {
                if (_reported.TryGetValue(path, out var finding))
                {
                    finding.Follow(place.ToString());
                }
                else if (_reported.Count < Findings.MaxKept)
                {
                    _reported.Add(path, OverflowPath.Read(path) is null
                        ? findings.Add(FindingCodes.EventMalformed, place, "the event names an overflow that can not be one")
                        : findings.Add(FindingCodes.OverflowMissing, new BlobName(Containers.Archive, path), $"the event in {place} names it, and it is missing"));
                }
                else
                {
                    findings.Add(FindingCodes.OverflowMissing, place, "the overflow of the event is missing");
                }
            }
        }
    }
}
