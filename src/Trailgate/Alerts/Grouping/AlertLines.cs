namespace Trailgate.Alerts.Grouping;

/// <summary>The alerts of a matches blob.</summary>
internal static class AlertLines
{
    /// <summary>Its lines, without those that are no alerts: delivery has put those aside.</summary>
    public static IEnumerable<Alert> Read(ReadOnlyMemory<byte> content)
    {
        for (var rest = content; rest.Length > 0;)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (Alert.Read(line) is { } alert)
            {
                yield return alert;
            }
        }
    }
}
