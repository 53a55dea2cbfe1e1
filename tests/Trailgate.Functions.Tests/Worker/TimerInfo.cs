namespace Microsoft.Azure.Functions.Worker;

/// <summary>Follows extensions/Worker.Extensions.Timer/src/TimerInfo.cs: what the host sends as JSON.</summary>
public sealed class TimerInfo
{
    public ScheduleStatus? ScheduleStatus { get; set; }

    public bool IsPastDue { get; set; }
}

/// <summary>Follows extensions/Worker.Extensions.Timer/src/ScheduleStatus.cs.</summary>
public sealed class ScheduleStatus
{
    public DateTime Last { get; set; }

    public DateTime Next { get; set; }

    public DateTime LastUpdated { get; set; }
}
