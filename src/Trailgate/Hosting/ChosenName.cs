using System.Buffers;

namespace Trailgate.Hosting;

/// <summary>
/// Names of stores, regions and sources as keys of settings. An underscore stands for a hyphen: none of them has one, and
/// many places that set environment variables (shells, Azure Functions on Linux) take no hyphen in a name.
/// </summary>
internal static class ChosenName
{
    /// <summary>What a name must be, for people.</summary>
    public const string Rule = "a name has 1 to 40 lower-case letters, digits and hyphens";

    private const int MaxLength = 40;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>The name that a key stands for.</summary>
    public static string Of(string key) => key.Replace('_', '-');

    public static bool IsValid(string name) => name.Length is > 0 and <= MaxLength && !name.AsSpan().ContainsAnyExcept(Allowed);
}
