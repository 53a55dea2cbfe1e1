namespace Trailgate.Tests.Model;

/// <summary>What really happened: a model in which nothing goes wrong proves nothing.</summary>
internal sealed record FaultCounts
{
    public long Schedules { get; set; }
    public long Operations { get; set; }
    public long Acknowledged { get; set; }
    public long Archived { get; set; }
    public long AlertsDelivered { get; set; }
    public long Runs { get; set; }
    public long Crashes { get; set; }
    public long CrashesInCommit { get; set; }
    public long CrashesInRun { get; set; }
    public long CrashesInDelivery { get; set; }
    public long AppliedAtCrash { get; set; }
    public long Refused { get; set; }
    public long LostAnswers { get; set; }
    public long LandedLate { get; set; }
    public long AppliedTwice { get; set; }
    public long LateAnswers { get; set; }
    public long Conflicts { get; set; }
    public long AlreadyThere { get; set; }
    public long CommitsAlreadyThere { get; set; }
    public long StaleResumes { get; set; }
    public long ClockJumps { get; set; }

    public void Add(FaultCounts other)
    {
        foreach (var property in typeof(FaultCounts).GetProperties().Where(property => property.PropertyType == typeof(long)))
        {
            property.SetValue(this, (long)property.GetValue(this)! + (long)property.GetValue(other)!);
        }
    }
}
