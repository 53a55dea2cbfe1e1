using System.Text.Json;
using Trailgate.Events;
using Trailgate.Normalize;

namespace Trailgate.Verify;

/// <summary>
/// Takes a normalized line apart and puts the content together again that its id is the hash of: what the source said,
/// in the order of members, without what Trailgate assumed or derived. Kept and filled again for each line.
/// </summary>
/// <remarks>
/// What differs from the source stands under <c>trailgate.given</c> and <c>trailgate.assumed</c>. An event that had to be
/// limited has its content in the overflow, which has the same form. The rest can not be undone where a
/// <c>reasonCode</c> that was no number was taken out: its place among its neighbours is not kept.
/// </remarks>
internal sealed class EventContent
{
    private readonly (int Start, int End)[] _members = new (int, int)[Members.Count];
    private readonly List<(int NameStart, int NameEnd, int Start, int End)> _given = [];
    private (int Start, int End) _sourceId;
    private (int Start, int End) _assumed;
    private (int Start, int End) _limited;
    private byte[] _content = new byte[32 * 1024];
    private int _length;

    /// <summary>The event id that the line states.</summary>
    public EventId Id { get; private set; }

    /// <summary>When it happened.</summary>
    public EventTime Time { get; private set; }

    /// <summary>Where it happened.</summary>
    public Region Region { get; private set; }

    /// <summary>The content, after <see cref="TryRebuild"/>.</summary>
    public ReadOnlySpan<byte> Content => _content.AsSpan(0, _length);

    /// <summary>Reads a line without its newline. False when it is no normalized event.</summary>
    public bool TryRead(ReadOnlySpan<byte> line)
    {
        Array.Clear(_members);
        _given.Clear();
        (_sourceId, _assumed, _limited) = (default, default, default);
        try
        {
            var scanner = new JsonScanner(line);
            return scanner.Type == JsonTokenType.StartObject && ReadMembers(ref scanner) && scanner.Position == line.Length;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Where the overflow that the line names lies, as a path of the archive; empty for none.</summary>
    public ReadOnlySpan<byte> OverflowPath(ReadOnlySpan<byte> line)
    {
        if (_limited == default)
        {
            return [];
        }

        // Of the entries some were left out by the source, and all others name the same blob.
        var limited = line[_limited.Start.._limited.End];
        var at = limited.IndexOf("\"overflow\":\""u8);
        if (at < 0)
        {
            return [];
        }

        var path = limited[(at + "\"overflow\":\""u8.Length)..];
        var end = path.IndexOf((byte)'"');
        return end < 0 ? [] : path[..end];
    }

    /// <summary>Puts the content of the line that was read last together. False when it can not be known.</summary>
    public bool TryRebuild(ReadOnlySpan<byte> line)
    {
        _length = 0;
        EnsureRoom(line.Length * 2);
        Append("{"u8);
        var assumed = line[_assumed.Start.._assumed.End];
        for (var member = Member.Id; member <= Member.Extensions; member++)
        {
            var own = _members[(int)member];
            var given = Given(line, Members.Name(member));
            var value = member switch
            {
                Member.Id => _sourceId != default ? _sourceId : given,
                Member.EventTime => assumed.IndexOf("\"eventTime\""u8) >= 0 ? given : own,
                Member.Outcome => given != default || assumed.IndexOf("\"outcome\""u8) >= 0 ? given : own,
                Member.Severity => given != default || assumed.IndexOf("\"severity\""u8) >= 0 ? given : own,
                _ => own != default ? own : given,
            };
            if (value == default)
            {
                continue;
            }

            Append(_length > 1 ? Members.Lead(member) : Members.Lead(member)[1..]);
            if (member == Member.Reason && Given(line, "reason.reasonCode"u8) is var code && code != default)
            {
                if (!TryAppendReason(line[value.Start..value.End], line[code.Start..code.End]))
                {
                    return false;
                }
            }
            else
            {
                Append(line[value.Start..value.End]);
            }
        }

        Append("}"u8);
        return true;
    }

    private bool ReadMembers(ref JsonScanner scanner)
    {
        var json = scanner.Json;
        var haveTime = false;
        var haveOwn = false;
        var last = Member.Id;
        if (!scanner.Enter())
        {
            return false;
        }

        // The id is ours, and first.
        var first = scanner.ReadName(out _);
        var start = scanner.Position;
        scanner.Skip();
        if (!first.SequenceEqual("id"u8) || !TryUnquote(json[start..scanner.Position], out var text) || !EventId.TryParse(text, out var id))
        {
            return false;
        }

        Id = id;
        while (scanner.MoveToNext((byte)'}'))
        {
            var name = scanner.ReadName(out _);
            start = scanner.Position;
            if (haveOwn)
            {
                return false;
            }

            if (name.SequenceEqual("trailgate"u8))
            {
                haveOwn = scanner.Type == JsonTokenType.StartObject && ReadOwn(ref scanner);
                if (!haveOwn)
                {
                    return false;
                }

                continue;
            }

            scanner.Skip();
            if (!(Members.TryFind(name, out var member) || name.SequenceEqual(Members.Name(member))) || member <= last)
            {
                return false;
            }

            last = member;
            _members[(int)member] = (start, scanner.Position);
            if (member == Member.EventTime)
            {
                if (!TryUnquote(json[start..scanner.Position], out text) || !EventTime.TryParse(text, out var time))
                {
                    return false;
                }

                (Time, haveTime) = (time, true);
            }
        }

        return haveTime && haveOwn;
    }

    private bool ReadOwn(ref JsonScanner scanner)
    {
        var json = scanner.Json;
        var haveRegion = false;
        for (var more = scanner.Enter(); more; more = scanner.MoveToNext((byte)'}'))
        {
            var name = scanner.ReadName(out _);
            var start = scanner.Position;
            if (name.SequenceEqual("given"u8) && scanner.Type == JsonTokenType.StartObject)
            {
                ReadGiven(ref scanner);
                continue;
            }

            scanner.Skip();
            var end = scanner.Position;
            if (name.SequenceEqual("region"u8))
            {
                if (!TryUnquote(json[start..end], out var text) || !Region.TryParse(text, out var region))
                {
                    return false;
                }

                (Region, haveRegion) = (region, true);
            }
            else if (name.SequenceEqual("sourceId"u8))
            {
                _sourceId = (start, end);
            }
            else if (name.SequenceEqual("assumed"u8))
            {
                _assumed = (start, end);
            }
            else if (name.SequenceEqual("limited"u8))
            {
                _limited = (start, end);
            }
        }

        return haveRegion;
    }

    private void ReadGiven(ref JsonScanner scanner)
    {
        for (var more = scanner.Enter(); more; more = scanner.MoveToNext((byte)'}'))
        {
            var nameStart = scanner.Position + 1;
            var length = scanner.ReadName(out _).Length;
            var start = scanner.Position;
            scanner.Skip();
            _given.Add((nameStart, nameStart + length, start, scanner.Position));
        }
    }

    private (int Start, int End) Given(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name)
    {
        foreach (var given in _given)
        {
            if (line[given.NameStart..given.NameEnd].SequenceEqual(name))
            {
                return (given.Start, given.End);
            }
        }

        return default;
    }

    /// <summary>A reasonCode that came as a text of digits stands in its place as a number; one that was none is gone.</summary>
    private bool TryAppendReason(ReadOnlySpan<byte> reason, ReadOnlySpan<byte> code)
    {
        var scanner = new JsonScanner(reason);
        for (var more = scanner.Type == JsonTokenType.StartObject && scanner.Enter(); more; more = scanner.MoveToNext((byte)'}'))
        {
            var name = scanner.ReadName(out _);
            var start = scanner.Position;
            scanner.Skip();
            if (name.SequenceEqual("reasonCode"u8))
            {
                Append(reason[..start]);
                Append(code);
                Append(reason[scanner.Position..]);
                return true;
            }
        }

        return false;
    }

    private static bool TryUnquote(ReadOnlySpan<byte> json, out ReadOnlySpan<byte> text)
    {
        var isText = json is [(byte)'"', .., (byte)'"'];
        text = isText ? json[1..^1] : [];
        return isText;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        EnsureRoom(bytes.Length);
        bytes.CopyTo(_content.AsSpan(_length));
        _length += bytes.Length;
    }

    private void EnsureRoom(int count)
    {
        if (_content.Length - _length < count)
        {
            Array.Resize(ref _content, Math.Max(_content.Length * 2, _length + count));
        }
    }
}
