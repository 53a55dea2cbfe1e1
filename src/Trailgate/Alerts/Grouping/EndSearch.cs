using System.Text.Json;
using Trailgate.Alerts.Rules;
using Trailgate.Events;
using Trailgate.Query;
using Trailgate.Storage;

namespace Trailgate.Alerts.Grouping;

/// <summary>Looks for what ends the waiting of a rule: by the correlationId, or by the target where there is none.</summary>
internal sealed class EndSearch(EventSearch search)
{
    /// <summary>See <see cref="FindEnd"/>.</summary>
    public async Task<bool> FindAsync(Alert alert, RuleWait wait, CancellationToken cancellationToken)
    {
        if (QueryOf(alert) is not { } query)
        {
            // Nothing says what belongs to it, so nothing can end it.
            return false;
        }

        var page = await search.FindAsync(query, cancellationToken);
        var until = new RuleSet([new AlertRule("until", wait.Until)]);
        foreach (var line in page.Lines)
        {
            if (EventLine.TryRead(line.Span, out var parsed) && until.Matches(parsed, line.Span))
            {
                return true;
            }
        }

        return page.Unavailable.Count == 0
            ? false
            : throw new StorageException($"Whether anything followed {alert} can not be said: {string.Join(", ", page.Unavailable)} does not answer.");
    }

    private static EventQuery? QueryOf(Alert alert)
    {
        using var document = JsonDocument.Parse(alert.Json);
        if (!document.RootElement.TryGetProperty("event"u8, out var summary))
        {
            return null;
        }

        var query = new EventQuery { From = EventTimes.Read(alert.OccurredAt), Limit = EventQuery.MaxLimit };
        if (Text(summary, "correlationId"u8) is { Length: > 0 } correlation)
        {
            return query with { CorrelationId = correlation };
        }

        return summary.TryGetProperty("target"u8, out var target) && Text(target, "id"u8) is { Length: > 0 } id
            ? query with { Target = new TargetFilter(id) }
            : null;
    }

    private static string? Text(JsonElement element, ReadOnlySpan<byte> name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
