using System.Buffers.Text;
using System.Text;

namespace Trailgate.Benchmarks.Load;

/// <summary>
/// Where, in a request, the members of one event stand that must differ from event to event. Each has a fixed width,
/// so that an event is made new in place and the Content-Length stays true.
/// </summary>
internal readonly record struct EventSlots(int Id, int Correlation, int Time, int Number)
{
    /// <summary>Bytes of an event's time, without its offset: <c>2026-11-22T05:54:00.12</c>.</summary>
    public const int TimeLength = 22;

    private const int IdLength = 36;
    private const int NumberLength = 12;

    public static string IdPlaceholder { get; } = "~id".PadRight(IdLength, '~');

    public static string CorrelationPlaceholder { get; } = "~correlation".PadRight(IdLength, '~');

    public static string TimePlaceholder { get; } = "~time".PadRight(TimeLength, '~');

    public static string NumberPlaceholder { get; } = "~number".PadRight(NumberLength, '~');

    /// <summary>Finds the placeholders of one event.</summary>
    /// <param name="line">The event.</param>
    /// <param name="offset">Where the event begins in its request.</param>
    /// <exception cref="ArgumentException">A placeholder is missing or occurs twice.</exception>
    public static EventSlots Find(ReadOnlySpan<byte> line, int offset) => new(
        offset + Only(line, IdPlaceholder),
        offset + Only(line, CorrelationPlaceholder),
        offset + Only(line, TimePlaceholder),
        offset + Only(line, NumberPlaceholder));

    /// <summary>Makes the event in these slots the one of this number. Another number gives another event, always.</summary>
    public void Fill(Span<byte> request, ulong number, ReadOnlySpan<byte> time)
    {
        WriteId(request.Slice(Id, IdLength), number, 0x9E3779B97F4A7C15);
        WriteId(request.Slice(Correlation, IdLength), number, 0xD1B54A32D192ED03);
        time.CopyTo(request.Slice(Time, TimeLength));
        Utf8Formatter.TryFormat(number % 1_000_000_000_000, request.Slice(Number, NumberLength), out _, new('D', NumberLength));
    }

    /// <summary>Ids that look random, as real ones do: a compressor must not find the counter in them.</summary>
    private static void WriteId(Span<byte> text, ulong number, ulong stream)
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, Scramble(number + stream));
        BitConverter.TryWriteBytes(bytes[8..], Scramble(number ^ stream));
        new Guid(bytes).TryFormat(text, out _, "D");
    }

    /// <summary>The finalizer of SplitMix64. It is a bijection, so different numbers can not meet.</summary>
    private static ulong Scramble(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    private static int Only(ReadOnlySpan<byte> line, string placeholder)
    {
        var bytes = Encoding.ASCII.GetBytes(placeholder);
        var first = line.IndexOf(bytes);
        return first >= 0 && line[(first + bytes.Length)..].IndexOf(bytes) < 0
            ? first
            : throw new ArgumentException($"An event must hold {placeholder} once.", nameof(line));
    }
}
