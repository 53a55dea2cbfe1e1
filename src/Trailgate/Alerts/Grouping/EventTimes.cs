using System.Text;
using Trailgate.Events;

namespace Trailgate.Alerts.Grouping;

/// <summary>Times as alerts write them, which sort as texts only where they have equally many digits.</summary>
internal static class EventTimes
{
    /// <summary>The Unix epoch for what is no time.</summary>
    public static EventTime Read(string text) =>
        EventTime.TryParse(Encoding.UTF8.GetBytes(text), out var time) ? time : EventTime.From(DateTimeOffset.UnixEpoch);

    public static int Compare(string one, string other) => Read(one).CompareTo(Read(other));
}
