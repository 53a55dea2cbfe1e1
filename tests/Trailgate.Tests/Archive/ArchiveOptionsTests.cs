using Trailgate.Archive;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Archive;

public class ArchiveOptionsTests
{
    private readonly ArchiveOptionsValidator _validator = new(new ManualTimeProvider());

    [Fact]
    public void The_defaults_are_valid() => Assert.True(_validator.Validate(null, new ArchiveOptions()).Succeeded);

    [Fact]
    public void All_errors_are_reported_at_once_by_the_name_of_the_setting()
    {
        var result = _validator.Validate(null, new ArchiveOptions
        {
            Schedule = "0 */0 * * * *",
            PlanBytes = (256L << 20) + 1,
            PlanBatches = 10_001,
            Origin = "two words",
            NoteInterval = TimeSpan.FromSeconds(59),
        });

        Assert.Equal(
            ["Trailgate:Archive:Schedule", "Trailgate:Archive:PlanBytes", "Trailgate:Archive:PlanBatches", "Trailgate:Archive:Origin", "Trailgate:Archive:NoteInterval"],
            result.Failures!.Select(failure => string.Join(':', failure.Split(':')[..3])));
    }

    [Fact]
    public void A_schedule_that_never_comes_due_is_refused()
    {
        var result = _validator.Validate(null, new ArchiveOptions { Schedule = "0 0 0 31 Feb *" });

        Assert.Contains("never comes due", Assert.Single(result.Failures!), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a+b")]
    [InlineData("")]
    [InlineData("caf\u00e9")]
    public void An_origin_that_could_break_a_note_is_refused(string origin) =>
        Assert.True(_validator.Validate(null, new ArchiveOptions { Origin = origin }).Failed);
}
