using Trailgate.Verify;

namespace Trailgate.Tests.Verify;

public class SegmentHashTests
{
    /// <summary>The lanes of this processor, and the platform's hash.</summary>
    public static TheoryData<int> Lanes => [.. new[] { 0, 8, 16 }.Where(static lanes => lanes <= Sha256Lanes.Most)];

    [Theory]
    [MemberData(nameof(Lanes))]
    public async Task Segments_of_every_length_read_at_once_have_the_digests_of_the_platform_and_none_waits_for_ever(int lanes)
    {
        var pool = new HashPool(lanes, readers: 50);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(seed => Task.Run(() => HashAsync(pool, seed))));
    }

    [Theory]
    [MemberData(nameof(Lanes))]
    public async Task A_segment_that_is_expected_and_never_comes_holds_up_nobody_once_the_work_is_stopped(int lanes)
    {
        var pool = new HashPool(lanes, readers: 50);
        using var stop = new CancellationTokenSource();
        using var hash = new SegmentHash(pool);
        for (var i = 0; i < 5; i++)
        {
            pool.Expect();
        }

        hash.Open();
        var appended = hash.AppendAsync(new byte[100], new byte[100], stop.Token);
        await stop.CancelAsync();

        Assert.Equal(lanes == 0, appended.IsCompletedSuccessfully);
        Assert.Equal(lanes > 0, appended.IsCanceled);
        hash.Close();
    }

    private static async Task HashAsync(HashPool pool, int seed)
    {
        var random = new Random(seed);
        using var hash = new SegmentHash(pool);
        for (var segment = 0; segment < 5; segment++)
        {
            var stored = new byte[random.Next(5) * 1000];
            var lines = new byte[random.Next(5) * 5000];
            random.NextBytes(stored);
            random.NextBytes(lines);
            pool.Expect();
            hash.Open();
            try
            {
                var pieces = random.Next(1, 6);
                for (var i = 0; i < pieces; i++)
                {
                    await hash.AppendAsync(Piece(stored, i, pieces), Piece(lines, i, pieces), CancellationToken.None);
                }

                Assert.Equal((Digest.Of(stored), Digest.Of(lines)), hash.Finish());
            }
            finally
            {
                hash.Close();
            }
        }
    }

    private static ArraySegment<byte> Piece(byte[] data, int piece, int of) =>
        new(data, data.Length * piece / of, data.Length * (piece + 1) / of - data.Length * piece / of);
}
