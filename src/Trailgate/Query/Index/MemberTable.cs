using System.Buffers.Binary;
using Trailgate.Events;

namespace Trailgate.Query.Index;

/// <summary>The first block of an index file: the members of all segments of a day, in the order of the manifests.</summary>
internal static class MemberTable
{
    private const long OpensSegment = 1;
    private const long Odd = 2;
    private const int DigitBytes = 6;

    public static byte[] Write(IReadOnlyList<IndexedMember> members)
    {
        var block = new BlockWriter();
        Span<byte> digits = stackalloc byte[sizeof(ulong)];
        var last = default(IndexedMember);
        foreach (var member in members)
        {
            var opens = !member.IsOfSegmentOf(last);
            block.Number((opens ? OpensSegment : 0) | (member.IsOdd ? Odd : 0));
            if (opens)
            {
                BinaryPrimitives.WriteUInt64BigEndian(digits, member.Digits);
                block.Number(member.Sequence - last.Sequence);
                block.Number(member.Hour.Hour);
                block.Raw(digits[^DigitBytes..]);
            }

            block.Number(member.Length);
            block.Number(member.Lines);
            block.Number(member.MinTime.Ticks - member.Hour.Ticks);
            block.Number(member.MinTime.Nanoseconds);
            block.Number(member.MaxTime.Ticks - member.MinTime.Ticks);
            block.Number(member.MaxTime.Nanoseconds);
            last = member;
        }

        return block.Deflate();
    }

    public static IndexedMember[] Read(ReadOnlyMemory<byte> stored, DateTime date, int count)
    {
        var block = new BlockReader(BlockReader.Inflate(stored));
        Span<byte> digits = stackalloc byte[sizeof(ulong)];
        var members = new List<IndexedMember>(Math.Min(count, 4096));
        var last = default(IndexedMember);
        while (members.Count < count)
        {
            var flags = block.Number(OpensSegment | Odd);
            var opens = (flags & OpensSegment) != 0;
            if (opens)
            {
                var sequence = last.Sequence + block.Number(long.MaxValue - last.Sequence);
                var hour = date.AddHours(block.Number(23));
                block.Raw(DigitBytes).CopyTo(digits[^DigitBytes..]);
                last = last with { Sequence = sequence, Hour = hour, Digits = BinaryPrimitives.ReadUInt64BigEndian(digits), Offset = 0, Length = 0 };
            }
            else if (members.Count == 0)
            {
                throw new InvalidDataException("The first member is one of no segment.");
            }

            var offset = opens ? 0 : last.Offset + last.Length;
            var length = block.Number(long.MaxValue - offset);
            var lines = (int)block.Number(int.MaxValue);
            var min = new EventTime(last.Hour.Ticks + block.Number(TimeSpan.TicksPerHour - 1), (byte)block.Number(99));
            var max = new EventTime(min.Ticks + block.Number(TimeSpan.TicksPerHour - 1), (byte)block.Number(99));
            last = last with { Offset = offset, Length = length, Lines = lines, IsOdd = (flags & Odd) != 0, MinTime = min, MaxTime = max };
            members.Add(last);
        }

        return block.AtEnd ? [.. members] : throw new InvalidDataException("Something follows the last member.");
    }
}
