using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Trailgate.Alerts.Delivery;
using Trailgate.Alerts.Grouping;
using Trailgate.Alerts.Rules;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Alerts.Listing;

/// <summary>
/// <c>GET /api/alerts</c>: the alerts, the newest first, with what became of each, the groups that they are in, the dead
/// letters of each channel, and the rules in force in this process.
/// </summary>
public sealed class AlertsEndpoint
{
    private readonly AlertSearch _search;
    private readonly ActiveRules _rules;
    private readonly bool _isSingle;
    private readonly TimeProvider _time;

    internal AlertsEndpoint(AlertSearch search, ActiveRules rules, Stores stores, TimeProvider time)
    {
        _search = search;
        _rules = rules;
        _isSingle = stores.IsSingle;
        _time = time;
    }

    /// <summary>Answers a request. Faults of the store are thrown before anything is written.</summary>
    /// <exception cref="StorageException">No store could do it; a retry is safe.</exception>
    public async Task HandleAsync(HttpContext context)
    {
        if (!AlertQuery.TryParse(context.Request.Query, _time.GetUtcNow(), out var query, out var problem))
        {
            await problem.WriteAsync(context);
            return;
        }

        var page = await _search.FindAsync(query, context.RequestAborted);
        var body = new ArrayBufferWriter<byte>(16 * 1024);
        using (var writer = new Utf8JsonWriter(body, Alert.WriterOptions))
        {
            Write(writer, page);
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.WrittenCount;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted);
    }

    private void Write(Utf8JsonWriter writer, AlertPage page)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("alerts"u8);
        foreach (var listed in page.Alerts)
        {
            WriteAlert(writer, listed);
        }

        writer.WriteEndArray();
        writer.WriteBoolean("more"u8, page.More);
        if (page.More)
        {
            writer.WriteString("next"u8, page.Alerts[^1].Place.ToString());
        }

        writer.WriteStartArray("groups"u8);
        foreach (var (id, store, state) in page.Groups)
        {
            WriteGroup(writer, id, store, state);
        }

        writer.WriteEndArray();
        writer.WriteStartObject("deadLetters"u8);
        foreach (var (channel, count) in page.Dead)
        {
            writer.WriteNumber(channel, count);
        }

        writer.WriteEndObject();
        WriteRules(writer);
        WriteTexts(writer, "unavailable", page.Unavailable);
        writer.WriteEndObject();
    }

    private void WriteAlert(Utf8JsonWriter writer, ListedAlert listed)
    {
        writer.WriteStartObject();
        using (var document = JsonDocument.Parse(listed.Alert.Json))
        {
            foreach (var member in document.RootElement.EnumerateObject())
            {
                member.WriteTo(writer);
            }
        }

        writer.WriteString("state"u8, AlertQuery.Text(listed.State));
        WriteStore(writer, listed.Place.Store);
        if (listed.Deliveries.Count > 0)
        {
            writer.WriteStartObject("deliveries"u8);
            foreach (var (channel, delivery) in listed.Deliveries.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
            {
                writer.WriteStartObject(channel);
                writer.WriteString("state"u8, delivery.State.ToString().ToLowerInvariant());
                writer.WritePropertyName("attempts"u8);
                JsonSerializer.Serialize(writer, delivery.Attempts, AlertJsonContext.Default.IReadOnlyListDeliveryAttempt);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private void WriteGroup(Utf8JsonWriter writer, GroupId id, string store, GroupState state)
    {
        writer.WriteStartObject();
        writer.WriteString("thread"u8, id.Thread);
        writer.WriteString("rule"u8, state.Rule);
        WriteStore(writer, store);
        writer.WriteStartObject("group"u8);
        foreach (var part in state.Parts)
        {
            writer.WriteString(part.Name, part.Value);
        }

        writer.WriteEndObject();
        writer.WriteNumber("matches"u8, state.Matches);
        writer.WriteNumber("told"u8, state.Told);
        writer.WriteNumber("counted"u8, state.Tally.Count + (state.Closing?.Tally.Count ?? 0));
        writer.WriteNumber("belowThreshold"u8, state.Held.Count + state.Lapsed);
        if (state.Due is { } due)
        {
            writer.WriteString("windowEnds"u8, EventTime.From(due).ToString());
        }

        writer.WriteEndObject();
    }

    private void WriteStore(Utf8JsonWriter writer, string store)
    {
        if (!_isSingle)
        {
            writer.WriteString("store"u8, store);
        }
    }

    private void WriteRules(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("rules"u8);
        WriteTexts(writer, "on", [.. _rules.All.Where(static rule => rule.IsOn).Select(static rule => rule.Name)]);
        WriteTexts(writer, "off", [.. _rules.All.Where(static rule => !rule.IsOn).Select(static rule => rule.Name)]);
        if (_rules.Since is { } since)
        {
            writer.WriteString("since"u8, EventTime.From(since).ToString());
        }

        WriteTexts(writer, "problems", _rules.Problems);
        writer.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, IReadOnlyList<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }
}
