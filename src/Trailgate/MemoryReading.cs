using System.Runtime.InteropServices;

namespace Trailgate;

/// <summary>What reading bytes in memory as a stream needs beyond <see cref="MemoryStream"/>.</summary>
internal static class MemoryReading
{
    /// <summary>A stream over the bytes themselves: nothing is copied as long as they lie in an array.</summary>
    public static MemoryStream AsStream(this ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var array) ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false) : new MemoryStream(bytes.ToArray());
}
