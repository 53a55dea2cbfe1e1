using System.Globalization;

namespace Trailgate.EndToEnd.Tests.Processes;

/// <summary>How much the tests with chance in them do: a short slice by default, more when the environment says so.</summary>
internal static class LongRun
{
    /// <summary>How often a process is killed: <c>TRAILGATE_KILLS</c>.</summary>
    public static int Kills { get; } = Number("TRAILGATE_KILLS") ?? 20;

    /// <summary>The same where a round takes long: six in the short slice.</summary>
    public static int KillsInAzure { get; } = Number("TRAILGATE_KILLS") ?? 6;

    /// <summary>The same where a lease of minutes is waited for afterwards: three in the short slice.</summary>
    public static int KillsInDelivery { get; } = Number("TRAILGATE_KILLS") ?? 3;

    /// <summary>How many bodies of the fuzz run are sent: <c>TRAILGATE_FUZZ</c>.</summary>
    public static int FuzzBodies { get; } = Number("TRAILGATE_FUZZ") ?? 400;

    /// <summary>How many names two processes race for on an account: <c>TRAILGATE_RACES</c>.</summary>
    public static int Races { get; } = Number("TRAILGATE_RACES") ?? 500;

    /// <summary>The seed of the chance: <c>TRAILGATE_SEED</c>, to try a failed run again.</summary>
    public static int Seed { get; } = Number("TRAILGATE_SEED") ?? Random.Shared.Next();

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
