using System.Text;

namespace Trailgate.Normalize;

/// <summary>The members of a normalized event that come from the source, in their order.</summary>
internal enum Member
{
    Id,
    TypeUri,
    EventType,
    EventTime,
    Action,
    Outcome,
    Severity,
    Reason,
    Initiator,
    Target,
    Observer,
    CorrelationId,
    Message,
    DataEvent,
    LogSourceCrn,
    SaveServiceCopy,
    RequestData,
    ResponseData,

    /// <summary>All members that the design does not name.</summary>
    Extensions,
}

/// <summary>Names and shapes of <see cref="Member"/>.</summary>
internal static class Members
{
    public const int Count = (int)Member.Extensions + 1;

    private static readonly string[] Texts =
    [
        "id", "typeURI", "eventType", "eventTime", "action", "outcome", "severity", "reason", "initiator", "target", "observer",
        "correlationId", "message", "dataEvent", "logSourceCRN", "saveServiceCopy", "requestData", "responseData", "extensions",
    ];

    private static readonly byte[][] Names = [.. Texts.Select(Encoding.ASCII.GetBytes)];

    private static readonly byte[][] Leads = [.. Texts.Select(text => Encoding.ASCII.GetBytes($",\"{text}\":"))];

    public static string Text(Member member) => Texts[(int)member];

    public static ReadOnlySpan<byte> Name(Member member) => Names[(int)member];

    /// <summary>A comma, the name in quotes and a colon: what stands before the value in an object.</summary>
    public static ReadOnlySpan<byte> Lead(Member member) => Leads[(int)member];

    /// <summary>The member of an unescaped name. <c>extensions</c> is ours: a source's own goes among the unknown ones.</summary>
    public static bool TryFind(ReadOnlySpan<byte> name, out Member member)
    {
        member = name.Length switch
        {
            2 => Member.Id,
            6 => name[0] == 'a' ? Member.Action : name[0] == 'r' ? Member.Reason : Member.Target,
            7 => name[0] == 't' ? Member.TypeUri : name[0] == 'o' ? Member.Outcome : Member.Message,
            8 => name[0] == 's' ? Member.Severity : Member.Observer,
            9 => name[0] == 'i' ? Member.Initiator : name[0] == 'd' ? Member.DataEvent : name[5] == 'T' && name[6] == 'i' ? Member.EventTime : Member.EventType,
            11 => Member.RequestData,
            12 => name[0] == 'l' ? Member.LogSourceCrn : Member.ResponseData,
            13 => Member.CorrelationId,
            15 => Member.SaveServiceCopy,
            _ => Member.Extensions,
        };
        return member != Member.Extensions && Name(member).SequenceEqual(name);
    }

    public static bool IsObject(Member member) => member is Member.Reason or Member.Initiator or Member.Target or Member.Observer;

    public static bool IsBody(Member member) => member is Member.RequestData or Member.ResponseData;

    public static bool IsBoolean(Member member) => member is Member.DataEvent or Member.SaveServiceCopy;
}
