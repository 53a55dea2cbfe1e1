using System.Numerics;

namespace Trailgate.Benchmarks.Load;

/// <summary>
/// Latencies from 1 microsecond to over an hour in 128 steps to each doubling, so that a percentile is at most 1 % too high.
/// One thread writes; the owner merges when it is done.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int StepBits = 7;
    private const int Steps = 1 << StepBits;

    private readonly long[] _counts = new long[(34 - StepBits) * Steps];

    public long Count { get; private set; }

    public TimeSpan Max { get; private set; }

    public void Add(TimeSpan latency)
    {
        _counts[Math.Min(Bucket(Math.Max(0, (long)latency.TotalMicroseconds)), _counts.Length - 1)]++;
        Count++;
        Max = latency > Max ? latency : Max;
    }

    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        Count += other.Count;
        Max = other.Max > Max ? other.Max : Max;
    }

    /// <summary>The latency that this share of all (0 to 1) did not exceed; zero when there are none.</summary>
    public TimeSpan Percentile(double share)
    {
        var rank = (long)Math.Ceiling(Count * share);
        for (var i = 0; rank > 0 && i < _counts.Length; i++)
        {
            rank -= _counts[i];
            if (rank <= 0)
            {
                var upper = TimeSpan.FromMicroseconds(UpperBound(i));
                return upper < Max ? upper : Max;
            }
        }

        return Max;
    }

    /// <summary>Values below 2 * Steps have a bucket each; above, a bucket covers 2^shift values.</summary>
    private static int Bucket(long microseconds)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)microseconds | 1) - StepBits);
        return (int)(((long)shift << StepBits) + (microseconds >> shift));
    }

    private static long UpperBound(int bucket)
    {
        var shift = Math.Max(0, (bucket >> StepBits) - 1);
        return ((bucket - ((long)shift << StepBits) + 1) << shift) - 1;
    }
}
