using System.Globalization;

namespace Trailgate.Tests.Fuzz;

/// <summary>How much is tried: a slice by default, more when the environment says so.</summary>
internal static class FuzzRun
{
    /// <summary>How many cases: <c>TRAILGATE_FUZZ</c>.</summary>
    public static int Cases { get; } = Number("TRAILGATE_FUZZ") ?? 6_000;

    /// <summary>The seed of all chance: <c>TRAILGATE_SEED</c>, to try a failed run again.</summary>
    public static int Seed { get; } = Number("TRAILGATE_SEED") ?? Random.Shared.Next();

    /// <summary>The only case to try: <c>TRAILGATE_CASE</c>.</summary>
    public static int? OnlyCase { get; } = Number("TRAILGATE_CASE");

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
