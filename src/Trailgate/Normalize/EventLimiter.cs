using System.Security.Cryptography;

namespace Trailgate.Normalize;

/// <summary>
/// Brings an event to at most <see cref="MaxEventBytes"/>: fields give way in a fixed order, and the full event goes to
/// the overflow. Who, what, when, where, outcome and reason stay, possibly cut. An event that fits is not touched, so
/// limiting twice is limiting once.
/// </summary>
internal sealed class EventLimiter(EventParts parts)
{
    /// <summary>16 KiB of UTF-8: the whole line without its newline.</summary>
    public const int MaxEventBytes = 16_384;

    /// <summary>In the last step, how long a value of initiator, target, observer and reason may be.</summary>
    private const int MaxEssentialBytes = 512;

    /// <summary>A field that is shorter saves less than its entry in the list costs.</summary>
    private const int WorthLimiting = 512;

    private static readonly Member[] Texts =
    [
        Member.Id, Member.TypeUri, Member.EventType, Member.Action, Member.CorrelationId, Member.Message, Member.LogSourceCrn,
    ];

    private static readonly Member[] Objects = [Member.Reason, Member.Initiator, Member.Target, Member.Observer];

    private readonly ByteBuffer _full = new(32 * 1024);
    private readonly ByteBuffer _scratch = new(16 * 1024);
    private readonly Part[] _originals = new Part[Members.Count];
    private int _maxListedBytes;

    /// <summary>The full event, valid until the next one.</summary>
    public ReadOnlySpan<byte> Overflow => _full.Written;

    /// <summary>Where the full event belongs, in the archive container.</summary>
    public string OverflowPath { get; private set; } = "";

    /// <summary>Limits the event whose parts were handed over, and writes its line anew.</summary>
    public void Limit(Reception reception, ByteBuffer line)
    {
        _full.Clear();
        LineWriter.WriteFull(parts, _full);
        var name = Convert.ToHexStringLower(SHA256.HashData(_full.Written));
        OverflowPath = $"overflow/{name[..2]}/{name}.json.gz";
        _maxListedBytes = MaxEssentialBytes / 2;
        NoteListed();
        for (var member = Member.Id; member <= Member.Extensions; member++)
        {
            _originals[(int)member] = parts[member];
        }

        foreach (var step in Steps())
        {
            step();
            line.Clear();
            LineWriter.Write(parts, reception, OverflowPath, _maxListedBytes, line);
            if (line.Length <= MaxEventBytes)
            {
                return;
            }

            _excess = line.Length - MaxEventBytes;
        }

        throw new InvalidOperationException($"An event of {_full.Length} bytes could not be brought below {MaxEventBytes}.");
    }

    private int _excess;

    private IEnumerable<Action> Steps()
    {
        yield return () => ReplaceBody(Member.ResponseData, WorthLimiting);
        yield return () => ReplaceBody(Member.RequestData, WorthLimiting);
        yield return DropExtensions;
        yield return () => CutMessage(_excess);
        yield return CutLongestTexts;
        // From here on everything is bounded: 4 objects of at most 6 values, 7 texts and the lists of 16 entries.
        for (var size = MaxEssentialBytes; size >= 32; size /= 2)
        {
            var cut = size;
            yield return () => KeepEssentials(cut);
        }
    }

    private void ReplaceBody(Member member, int longerThan)
    {
        if (parts[member].Length > longerThan)
        {
            Note(member);
            parts[member] = parts.AppendText(OmittedBody.Sentence);
        }
    }

    private void DropExtensions()
    {
        if (parts[Member.Extensions].Length > 0)
        {
            Note(Member.Extensions);
            parts[Member.Extensions] = default;
        }
    }

    private void CutMessage(int excess)
    {
        // The entry in the list of what gave way takes room as well.
        const int Entry = 320;
        var length = parts[Member.Message].Length;
        if (length > WorthLimiting)
        {
            Note(Member.Message);
            CutText(Member.Message, Math.Max(WorthLimiting, length - 2 - excess - Entry));
        }
    }

    // The longest texts left give way first: the largest bound that suffices is found by halving the span it lies in.
    private void CutLongestTexts()
    {
        int low = WorthLimiting, high = MaxEventBytes;
        var room = MaxEventBytes - Overhead();
        if (SizeWhenCutAt(low) > room)
        {
            return; // Too many values, not too long ones: the next step drops some.
        }

        while (high - low > 16)
        {
            var middle = (low + high) / 2;
            if (SizeWhenCutAt(middle) > room)
            {
                high = middle;
            }
            else
            {
                low = middle;
            }
        }

        Cut(low, ObjectCutter.CutTexts);
    }

    private int SizeWhenCutAt(int bound)
    {
        var size = 0;
        foreach (var member in Texts)
        {
            size += Math.Min(parts[member].Length, bound + 2);
        }

        foreach (var member in Objects)
        {
            if (parts[member].IsPresent)
            {
                _scratch.Clear();
                ObjectCutter.CutTexts(parts.Value(member), bound, _scratch);
                size += _scratch.Length;
            }
        }

        return size;
    }

    // Everything that is neither a text nor an object of those above, with room for an entry for each of them.
    private int Overhead()
    {
        const int Entry = 320;
        var size = 0;
        foreach (var member in Texts.Concat(Objects))
        {
            size += parts[member].Length - (parts[member].Length > WorthLimiting ? Entry : 0);
        }

        return _excess + MaxEventBytes - size;
    }

    private void KeepEssentials(int bound)
    {
        _maxListedBytes = Math.Min(_maxListedBytes, bound);
        NoteListed();
        ReplaceBody(Member.ResponseData, OmittedBody.Sentence.Length + 2);
        ReplaceBody(Member.RequestData, OmittedBody.Sentence.Length + 2);
        Cut(bound, ObjectCutter.KeepEssentials);
    }

    // Cuts every text to a bound, and every object in the given way.
    private void Cut(int bound, ObjectCut cut)
    {
        foreach (var member in Texts)
        {
            if (parts[member].Length > bound + 2)
            {
                Note(member);
                CutText(member, bound);
            }
        }

        foreach (var member in Objects)
        {
            if (parts[member].IsPresent)
            {
                _scratch.Clear();
                cut(parts.Value(member), bound, _scratch);
                if (_scratch.Length < parts[member].Length)
                {
                    Note(member);
                    parts[member] = parts.Append(_scratch.Written);
                }
            }
        }
    }

    private void CutText(Member member, int maxBytes)
    {
        var content = parts.Text(member);
        parts[member] = parts.AppendText(content[..JsonStrings.CutAt(content, maxBytes)]);
    }

    // What the lists under trailgate keep of a value is cut as well, and an event may be too long for nothing else.
    private void NoteListed()
    {
        foreach (var (name, value) in parts.Given)
        {
            if (value.Length > _maxListedBytes)
            {
                Note($"trailgate.given.{name}", parts.Value(value));
            }
        }

        if (parts.Redactions.LongestPointer > _maxListedBytes)
        {
            _scratch.Clear();
            parts.Redactions.WriteTo(_scratch, int.MaxValue);
            Note("trailgate.redacted", _scratch.Written);
        }
    }

    private void Note(Member member) =>
        Note(member == Member.Id ? "trailgate.sourceId" : Members.Text(member), parts.Value(_originals[(int)member]));

    // A field is listed once, with the size and hash it had before the first cut.
    private void Note(string field, ReadOnlySpan<byte> original)
    {
        if (!parts.Limited.Exists(limited => limited.Sha256 is not null && limited.Field == field))
        {
            parts.Limited.Add(new LimitedField(field, original.Length, Convert.ToHexStringLower(SHA256.HashData(original))));
        }
    }

    private delegate void ObjectCut(ReadOnlySpan<byte> value, int bound, ByteBuffer output);
}
