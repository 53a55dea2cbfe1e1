using System.Text;
using Trailgate.Events;

namespace Trailgate.Normalize;

/// <summary>What is the same for all events of one request.</summary>
/// <param name="Source">The source that the request named, or null.</param>
/// <param name="ReceivedAt">When its body had arrived.</param>
public sealed record Reception(string? Source, EventTime ReceivedAt)
{
    internal byte[] ReceivedAtText { get; } = TextOf(ReceivedAt);

    internal byte[]? SourceText { get; } = Source is null ? null : Encoding.ASCII.GetBytes(Source);

    private static byte[] TextOf(EventTime time)
    {
        Span<byte> text = stackalloc byte[EventTime.MaxTextLength];
        return text[..time.WriteText(text)].ToArray();
    }
}
