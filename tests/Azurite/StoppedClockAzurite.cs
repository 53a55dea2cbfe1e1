using System.Globalization;

namespace Trailgate.Tests.Azurite;

/// <summary>An Azurite whose clock moves only when a test says so.</summary>
public sealed class StoppedClockAzurite() : TestAzurite(new Uri(Path.Combine(AzuritePackage.Folder, "clock.mjs")).AbsoluteUri)
{
    /// <summary>Moves its clock.</summary>
    public async Task AdvanceAsync(TimeSpan by) =>
        Assert.Equal("advanced", await Running.AskAsync(string.Create(CultureInfo.InvariantCulture, $"advance {by.Ticks}"), CancellationToken.None));
}
