namespace Trailgate.EndToEnd.Tests.Processes;

/// <summary>Waits for what another process does in its own time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Looks until it is so.</summary>
    /// <param name="what">What is waited for, for the message of a failing test.</param>
    /// <param name="patience">How long at most.</param>
    /// <param name="isSo">Looks once.</param>
    public static async Task HoldsAsync(string what, TimeSpan patience, Func<Task<bool>> isSo)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < patience, $"Not within {patience.TotalSeconds:0} seconds: {what}");
            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
        }
    }
}
