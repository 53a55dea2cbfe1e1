namespace Trailgate.Query;

/// <summary>
/// Counts what is read of the stores on the way of one answer: blobs opened, and stored bytes. What is remembered costs
/// nothing. It goes with the flow of the calls, so that no reader has to hand it on.
/// </summary>
internal sealed class ReadMeter
{
    private static readonly AsyncLocal<ReadMeter?> Ambient = new();

    private long _blobs;
    private long _bytes;

    private ReadMeter()
    {
    }

    /// <summary>The one that counts here; null when nobody asked.</summary>
    public static ReadMeter? Current => Ambient.Value;

    /// <summary>What was read so far.</summary>
    public ReadCost Cost => new(Interlocked.Read(ref _blobs), Interlocked.Read(ref _bytes));

    /// <summary>Counts from now on what the calling method and all that it calls read.</summary>
    public static ReadMeter Start() => Ambient.Value = new ReadMeter();

    public void BlobOpened() => Interlocked.Increment(ref _blobs);

    public void BytesRead(long count) => Interlocked.Add(ref _bytes, count);
}

/// <summary>What an answer cost.</summary>
/// <param name="Blobs">How often a blob, or a part of one, was opened.</param>
/// <param name="Bytes">Stored (compressed) bytes that were read of them.</param>
public readonly record struct ReadCost(long Blobs, long Bytes);
