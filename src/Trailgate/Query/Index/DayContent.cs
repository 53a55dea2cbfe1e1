using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Trailgate.Events;

namespace Trailgate.Query.Index;

/// <summary>What one file of the index says of its region and day. More is added at its end only, in the order of the manifests.</summary>
internal sealed class DayContent(Region region, DateTime date)
{
    /// <summary>Bytes of the SHA-256 of a member's stored bytes that are kept.</summary>
    public const int SealBytes = 16;

    private readonly List<IndexedMember> _members = [];
    private readonly List<UInt128> _seals = [];
    private readonly List<byte> _classes = [];
    private readonly List<ushort> _minutes = [];
    private readonly TokenTable[] _tables = [new(), new(), new()];
    private Column<string> _actions = new();
    private Column<Initiator> _initiators = new();

    public DateTime Date => date;

    public IReadOnlyList<IndexedMember> Members => _members;

    /// <summary>Events that have rows.</summary>
    public int Rows => _classes.Count;

    /// <summary>Segments whose members it has.</summary>
    public int Segments => _members.Where((member, number) => number == 0 || !member.IsOfSegmentOf(_members[number - 1])).Count();

    /// <summary>Adds a member: first its events, each by <see cref="AddRow"/>, then the member itself.</summary>
    public void AddMember(IndexedMember member, UInt128 seal)
    {
        _members.Add(member);
        _seals.Add(seal);
    }

    /// <summary>Adds an event of the member that comes next. False when its row does not tell all of it.</summary>
    public bool AddRow(EventFacts facts)
    {
        var member = _members.Count;
        _classes.Add(new RowClass(facts.Kind, facts.Outcome, facts.Severity).Value);
        _minutes.Add((ushort)((facts.Time.Ticks - date.Ticks) / TimeSpan.TicksPerMinute));
        _actions.Add(System.Text.Encoding.UTF8.GetString(facts.Action));
        _initiators.Add(new Initiator(System.Text.Encoding.UTF8.GetString(facts.InitiatorId), System.Text.Encoding.UTF8.GetString(facts.InitiatorName)));
        _tables[(int)DayTable.Ids].Add(Tokens.Of(facts.Id), member);
        if (!facts.CorrelationId.IsEmpty)
        {
            _tables[(int)DayTable.Correlations].Add(Tokens.Of(facts.CorrelationId), member);
        }

        return (facts.Target.IsEmpty || Tokens.AddTarget(facts.Target, _tables[(int)DayTable.Targets], member)) && !facts.IsOdd;
    }

    /// <summary>How much there is now, to <see cref="GoBackTo"/>.</summary>
    public DayMark Mark() => new(_members.Count, _classes.Count, _actions.Values.Count, _initiators.Values.Count, [.. _tables.Select(static table => table.Count)]);

    /// <summary>Forgets what was added since.</summary>
    public void GoBackTo(DayMark mark)
    {
        CollectionsMarshal.SetCount(_members, mark.Members);
        CollectionsMarshal.SetCount(_seals, mark.Members);
        CollectionsMarshal.SetCount(_classes, mark.Rows);
        CollectionsMarshal.SetCount(_minutes, mark.Rows);
        _actions.Cut(mark.Rows, mark.Actions);
        _initiators.Cut(mark.Rows, mark.Initiators);
        for (var table = 0; table < _tables.Length; table++)
        {
            _tables[table].Cut(mark.Tables[table]);
        }
    }

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static async Task<DayContent> ReadAsync(DayFile file, CancellationToken cancellationToken)
    {
        var header = file.Header;
        var blocks = await file.ReadAsync([.. Enumerable.Range(0, header.BlockCount)], cancellationToken);
        var content = new DayContent(file.Region, file.Date)
        {
            _actions = DayColumns.ReadActions(blocks[DayBlocks.Actions], header.Rows),
            _initiators = DayColumns.ReadInitiators(blocks[DayBlocks.Initiators], header.Rows),
        };
        content._members.AddRange(MemberTable.Read(blocks[DayBlocks.Members], file.Date, header.Members));
        content._seals.AddRange(DayColumns.ReadSeals(blocks[DayBlocks.Seals], header.Members));
        content._classes.AddRange(DayColumns.ReadClasses(blocks[DayBlocks.Classes], header.Rows));
        content._minutes.AddRange(DayColumns.ReadMinutes(blocks[DayBlocks.Minutes], header.Rows));
        var page = DayBlocks.FirstPage;
        for (var table = 0; table < content._tables.Length; table++)
        {
            for (var end = page + header.Pages[table]; page < end; page++)
            {
                content._tables[table].Load(blocks[page].Span, header.Members);
            }
        }

        return content;
    }

    /// <summary>The bytes of the file: a header, and the blocks behind it.</summary>
    public (byte[] Bytes, int HeaderLength) Write()
    {
        var seals = new byte[_seals.Count * SealBytes];
        for (var i = 0; i < _seals.Count; i++)
        {
            BinaryPrimitives.WriteUInt128BigEndian(seals.AsSpan(i * SealBytes), _seals[i]);
        }

        List<byte[]>[] tables = [.. _tables.Select(static table => table.ToPages())];
        List<byte[]> blocks =
        [
            MemberTable.Write(_members),
            DayColumns.WriteClasses(CollectionsMarshal.AsSpan(_classes)),
            _initiators.Write(static (block, initiator) =>
            {
                block.Text(initiator.Id);
                block.Text(initiator.Name);
            }),
            _actions.Write(static (block, action) => block.Text(action)),
            DayColumns.WriteMinutes(CollectionsMarshal.AsSpan(_minutes)),
            seals,
            .. tables.SelectMany(static pages => pages),
        ];
        var header = DayHeader.Write(region, date, (_members.Count, _members.Count(static member => member.IsOdd), _classes.Count), [.. tables.Select(static pages => pages.Count)], blocks);
        var bytes = new byte[header.Length + blocks.Sum(static block => block.Length)];
        var end = 0;
        foreach (var part in blocks.Prepend(header))
        {
            part.CopyTo(bytes, end);
            end += part.Length;
        }

        return (bytes, header.Length);
    }
}

/// <summary>How much a day's content had at some time.</summary>
internal readonly record struct DayMark(int Members, int Rows, int Actions, int Initiators, int[] Tables);
