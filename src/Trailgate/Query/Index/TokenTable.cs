using System.Runtime.InteropServices;

namespace Trailgate.Query.Index;

/// <summary>
/// Says which members hold a value, by 32 bits of its hash: on pages, so that one value is looked up by reading one of them. Other
/// values with the same hash cost a needless read, and nothing is ever missed.
/// </summary>
/// <remarks>A page has runs, ordered by hash and first member: how far the hash is from the one before; twice the first member, and one more when
/// there are several; then how many.</remarks>
internal sealed class TokenTable
{
    /// <summary>More would make headers long where days are large; their pages grow instead.</summary>
    public const int MaxPages = 256;

    /// <summary>A page of some 500 bytes: each lookup reads one, and each header tells of all, in 10 bytes a page.</summary>
    private const int RunsPerPage = 128;

    // Hash and member in one number, so that sorting it is sorting by both.
    private readonly List<ulong> _entries = [];
    private readonly HashSet<uint> _ofMember = [];
    private int _member = -1;

    public int Count => _entries.Count;

    /// <summary>Leaves what was added first; not to be called behind <see cref="ToPages"/>, which sorts it.</summary>
    public void Cut(int count)
    {
        CollectionsMarshal.SetCount(_entries, count);
        _member = -1;
    }

    public void Add(uint hash, int member)
    {
        if (member != _member)
        {
            _ofMember.Clear();
            _member = member;
        }

        if (_ofMember.Add(hash))
        {
            _entries.Add(((ulong)hash << 32) | (uint)member);
        }
    }

    /// <summary>Takes what stands on a page, when more is to be added to a file.</summary>
    public void Load(ReadOnlySpan<byte> page, int members) => Visit(page, (hash, first, count) =>
    {
        for (var member = first; member < first + count; member++)
        {
            _entries.Add(((ulong)hash << 32) | (uint)member);
        }
    }, members);

    /// <summary>On which page a hash stands.</summary>
    public static int PageOf(uint hash, int pages) => (int)(((ulong)hash * (uint)pages) >> 32);

    /// <summary>Marks the members that may hold the value of a hash.</summary>
    public static void Find(ReadOnlySpan<byte> page, uint wanted, bool[] members) => Visit(page, (hash, first, count) =>
    {
        if (hash == wanted)
        {
            members.AsSpan(first, count).Fill(true);
        }
    }, members.Length);

    public List<byte[]> ToPages()
    {
        _entries.Sort();
        var runs = Runs();
        var pages = Math.Clamp((runs.Count + RunsPerPage - 1) / RunsPerPage, 1, MaxPages);
        var written = new List<byte[]>(pages);
        var next = 0;
        for (var page = 0; page < pages; page++)
        {
            var block = new BlockWriter();
            for (var last = 0U; next < runs.Count && PageOf(runs[next].Hash, pages) == page; next++)
            {
                var (hash, first, count) = runs[next];
                block.Number(hash - last);
                block.Number(((long)first << 1) | (count > 1 ? 1L : 0));
                if (count > 1)
                {
                    block.Number(count);
                }

                last = hash;
            }

            written.Add(block.ToArray());
        }

        return written;
    }

    private List<(uint Hash, int First, int Count)> Runs()
    {
        var runs = new List<(uint Hash, int First, int Count)>();
        foreach (var entry in CollectionsMarshal.AsSpan(_entries))
        {
            var (hash, member) = ((uint)(entry >> 32), (int)(uint)entry);
            if (runs.Count > 0 && runs[^1] is var last && last.Hash == hash && last.First + last.Count == member)
            {
                runs[^1] = last with { Count = last.Count + 1 };
            }
            else
            {
                runs.Add((hash, member, 1));
            }
        }

        return runs;
    }

    private static void Visit(ReadOnlySpan<byte> page, Action<uint, int, int> visit, int members)
    {
        var block = new BlockReader(page);
        for (var hash = 0L; !block.AtEnd;)
        {
            hash += block.Number(uint.MaxValue - hash);
            var first = block.Number(2L * members - 1);
            var count = (first & 1) == 1 ? block.Number(members - (first >> 1)) : 1;
            visit((uint)hash, (int)(first >> 1), (int)count);
        }
    }
}
