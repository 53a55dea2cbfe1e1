namespace Trailgate.Query.Changes;

/// <summary>JSON pointers (RFC 6901) as text.</summary>
internal static class JsonPath
{
    /// <summary>One more name.</summary>
    public static string Append(string pointer, string name) =>
        $"{pointer}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    /// <summary>The name that a part of a pointer stands for.</summary>
    public static string Unescape(string part) => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
}
