using System.Buffers;

namespace Trailgate.Ingest;

/// <summary>
/// Arrays for what requests bring: bodies, lines, contents. The shared pool keeps 32 of a size for each core, and under load
/// more requests than that hold some until their commit: new ones were half of all that was allocated.
/// </summary>
internal static class RequestArrays
{
    private const int MaxSmall = 16 * 1024;

    /// <summary>Of each size; as many requests as that are seldom under way. All sizes together keep 32 MiB at the most.</summary>
    private const int KeptSmall = 1024;

    private static readonly ArrayPool<byte> Small = ArrayPool<byte>.Create(MaxSmall, KeptSmall);

    /// <summary>An array of at least that length; its content is anything.</summary>
    public static byte[] Rent(int length) => PoolOf(length).Rent(length);

    /// <summary>Gives back an array that was rented here.</summary>
    public static void Return(byte[] array) => PoolOf(array.Length).Return(array);

    private static ArrayPool<byte> PoolOf(int length) => length <= MaxSmall ? Small : ArrayPool<byte>.Shared;
}
