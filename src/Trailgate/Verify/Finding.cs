namespace Trailgate.Verify;

/// <summary>
/// One break in the evidence: what is wrong, at the first place where it shows, and what else follows from it.
/// </summary>
public sealed class Finding
{
    /// <summary>How many of what follows are named; the count goes on.</summary>
    public const int MaxFollows = 20;

    private readonly Lock _gate = new();
    private readonly List<string> _follows = [];
    private long _followCount;

    internal Finding(string code, FindingPlace place, string message)
    {
        Code = code;
        Place = place;
        Message = message;
    }

    /// <summary>What kind of break it is: a word of <see cref="FindingCodes"/>, stable over versions.</summary>
    public string Code { get; private set; }

    /// <summary>The first bad place.</summary>
    public FindingPlace Place { get; }

    /// <summary>What is wrong, as a sentence.</summary>
    public string Message { get; private set; }

    /// <summary>How many other places are wrong because of this one.</summary>
    public long FollowCount
    {
        get
        {
            lock (_gate)
            {
                return _followCount;
            }
        }
    }

    /// <summary>The first of these places.</summary>
    public IReadOnlyList<string> Follows
    {
        get
        {
            lock (_gate)
            {
                return [.. _follows.Order(StringComparer.Ordinal)];
            }
        }
    }

    internal void Follow(string place)
    {
        lock (_gate)
        {
            _followCount++;
            if (_follows.Count < MaxFollows)
            {
                _follows.Add(place);
            }
        }
    }

    /// <summary>Says it better, once the whole of it is known. Not safe while others read it.</summary>
    internal void Reword(string code, string message) => (Code, Message) = (code, message);

    /// <summary>Code, place and sentence.</summary>
    public override string ToString() => $"{Code} {Place}: {Message}";
}

/// <summary>Where a finding is.</summary>
/// <param name="Blob">Container and path.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Member">The gzip member, from 1.</param>
/// <param name="Offset">The byte of the stored blob, from 0.</param>
public readonly record struct FindingPlace(string Blob, long? Line = null, long? Member = null, long? Offset = null)
{
    /// <summary>For people.</summary>
    public override string ToString() => string.Concat(
        Blob,
        Line is { } line ? $" line {line}" : "",
        Member is { } member ? $" member {member}" : "",
        Offset is { } offset ? $" byte {offset}" : "");
}

/// <summary>Something that is no break but that whoever checks should know, such as what a crash left behind.</summary>
/// <param name="Code">What kind: a word that is stable over versions.</param>
/// <param name="Message">A sentence.</param>
/// <param name="Count">How many of it there are.</param>
public sealed record Remark(string Code, string Message, long Count = 1);
