namespace Trailgate.Query.Index;

/// <summary>Finds the members of a day that can hold what a query asks for, and counts what needs no reading.</summary>
internal static class DaySearch
{
    /// <summary>Searches one file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="query">What is asked for.</param>
    /// <param name="canCount">Whether the events of a member may be counted by their rows; null when nothing is counted.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="InvalidDataException">The file is damaged or gone.</exception>
    /// <exception cref="Storage.StorageException">The store could not do it; a retry is safe.</exception>
    public static async Task<DayMatch> FindAsync(DayFile file, IndexQuery query, Func<IndexedMember, bool>? canCount, CancellationToken cancellationToken)
    {
        // Most days of most queries end here, with a header and a page read.
        var held = new bool[file.Header.Members];
        if (!await FindTokensAsync(file, query, held, cancellationToken) && file.Header.OddMembers == 0)
        {
            return DayMatch.None;
        }

        // Nor do the members matter where no row does. What counts meets rows on most days: it reads all at once.
        var readsRowsFirst = query.HasRowTest && canCount is null && file.Header.OddMembers == 0;
        int[] first = readsRowsFirst ? [.. query.Columns] : [DayBlocks.Members, .. query.Columns];
        var blocks = await file.ReadAsync(first, cancellationToken);
        var rows = DayRows.Read(file, first, blocks);
        var test = new RowTest(rows, query);
        if (readsRowsFirst && !test.PassesAny())
        {
            return DayMatch.None;
        }

        var table = readsRowsFirst ? (await file.ReadAsync([DayBlocks.Members], cancellationToken))[0] : blocks[0];
        var members = MemberTable.Read(table, file.Date, file.Header.Members);
        if (members.Sum(static member => (long)member.Lines) != rows.Count)
        {
            throw new InvalidDataException("The members do not have the events that the columns have.");
        }

        return Judge(file, query, canCount, held, members, rows, test);
    }

    private static DayMatch Judge(DayFile file, IndexQuery query, Func<IndexedMember, bool>? canCount, bool[] held, IndexedMember[] members, DayRows rows, RowTest test)
    {
        var parts = new List<ArchivePart>();
        var counts = canCount is not null && query.IsExact ? new DayCounts(rows, file.Date) : null;
        var row = 0;
        for (var number = 0; number < members.Length; row += members[number++].Lines)
        {
            var member = members[number];
            if (!(held[number] || member.IsOdd) || !query.Query.Wants(member.MinTime, member.MaxTime))
            {
                continue;
            }

            var isCounted = counts is not null && !member.IsOdd && IsInside(query.Query, member) && canCount!(member); // not null with counts
            if (member.IsOdd | Visit(row, member.Lines, test, query.HasRowTest, isCounted ? counts : null))
            {
                parts.Add(new ArchivePart.Member(file, number, member) { IsCounted = isCounted });
            }
        }

        return new DayMatch(parts, counts);
    }

    private static bool IsInside(EventQuery query, IndexedMember member) =>
        query.Wants(member.MinTime, member.MinTime) && query.Wants(member.MaxTime, member.MaxTime);

    /// <summary>Whether a row passes; each that does is counted.</summary>
    private static bool Visit(int start, int count, RowTest test, bool hasTest, DayCounts? counts)
    {
        if (!hasTest && counts is null)
        {
            return true;
        }

        var any = false;
        for (var row = start; row < start + count; row++)
        {
            if (!hasTest || test.Passes(row))
            {
                any = true;
                if (counts is null)
                {
                    break;
                }

                counts.Add(row);
            }
        }

        return any;
    }

    /// <summary>Marks the members that can hold all values; false when none can.</summary>
    private static async Task<bool> FindTokensAsync(DayFile file, IndexQuery query, bool[] held, CancellationToken cancellationToken)
    {
        Array.Fill(held, true);
        foreach (var (table, hash) in query.Tokens)
        {
            var page = await file.ReadAsync([file.Header.BlockOf(table, hash)], cancellationToken);
            var found = new bool[held.Length];
            TokenTable.Find(page[0].Span, hash, found);
            for (var member = 0; member < held.Length; member++)
            {
                held[member] &= found[member];
            }
        }

        return held.AsSpan().Contains(true);
    }
}

/// <summary>What a day has for a query.</summary>
/// <param name="Parts">What may have to be read.</param>
/// <param name="Counts">The counts of the events that were counted by their rows; null when none were.</param>
internal sealed record DayMatch(IReadOnlyList<ArchivePart> Parts, DayCounts? Counts)
{
    public static DayMatch None { get; } = new([], null);
}
