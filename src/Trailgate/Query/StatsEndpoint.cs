using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Trailgate.Events;
using Trailgate.Signing;

namespace Trailgate.Query;

/// <summary><c>GET /api/stats</c>: the counters of the stores, whether they add up, and how the last note of each ledger is signed.</summary>
public sealed class StatsEndpoint(Stats stats, NoteSeals seals)
{
    /// <summary>Answers a request. Faults of the store are thrown before anything is written.</summary>
    /// <exception cref="Archive.ArchiveDamagedException">A record of the archive that the counts stand in can not be read.</exception>
    /// <exception cref="Storage.StorageException">No store could not do it; a retry is safe.</exception>
    public async Task HandleAsync(HttpContext context)
    {
        var report = await stats.ReadAsync(context.RequestAborted);
        var signed = new Dictionary<string, NoteSeal>(StringComparer.Ordinal);
        foreach (var store in report.Stores)
        {
            if (store.LastNote is { } note)
            {
                signed[store.Name] = await seals.CheckAsync(store.Name, note.Sequence, context.RequestAborted);
            }
        }

        var body = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(body, new JsonWriterOptions { Indented = true }))
        {
            Write(writer, report, signed);
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.WrittenCount;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted);
    }

    private static void Write(Utf8JsonWriter writer, StatsReport report, Dictionary<string, NoteSeal> signed)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("balanced"u8, report.Balanced);
        writer.WriteBoolean("settled"u8, report.Settled);
        if (report.Unavailable.Count > 0)
        {
            writer.WriteStartArray("unavailable"u8);
            foreach (var store in report.Unavailable)
            {
                writer.WriteStringValue(store);
            }

            writer.WriteEndArray();
        }

        WriteCounts(writer, "total", report.Total, report.Balanced);
        writer.WriteStartObject("regions"u8);
        foreach (var (region, counts) in report.Regions)
        {
            WriteCounts(writer, region.Name, counts, report.IsBalanced(region));
        }

        writer.WriteEndObject();
        WriteInbox(writer, report.WaitingBatches, report.DamagedBatches, report.OldestWaiting);
        writer.WriteStartObject("stores"u8);
        foreach (var store in report.Stores)
        {
            WriteStore(writer, store, signed.GetValueOrDefault(store.Name));
        }

        writer.WriteEndObject();
        if (report.QueuedAlerts is { } queued)
        {
            writer.WriteStartObject("alerts"u8);
            writer.WriteNumber("queued"u8, queued);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteStore(Utf8JsonWriter writer, StoreReport store, NoteSeal? seal)
    {
        writer.WriteStartObject(store.Name);
        WriteInbox(writer, store.WaitingBatches, store.DamagedBatches, store.OldestWaiting);
        if (store.LastNote is { } note && seal is not null)
        {
            writer.WriteStartObject("ledger"u8);
            writer.WriteNumber("sequence"u8, note.Sequence);
            writer.WriteString("time"u8, EventTime.From(note.Time).ToString());
            writer.WriteString("signature"u8, Text(seal.Verdict));
            writer.WriteStartArray("keys"u8);
            foreach (var key in seal.Keys)
            {
                writer.WriteStringValue(key);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static string Text(NoteVerdict verdict) => verdict switch
    {
        NoteVerdict.Valid => "good",
        NoteVerdict.WrongSignature => "bad",
        NoteVerdict.UnknownKey => "unknown-key",
        _ => "unsigned",
    };

    private static void WriteInbox(Utf8JsonWriter writer, int waiting, int damaged, TimeSpan? oldest)
    {
        writer.WriteStartObject("inbox"u8);
        writer.WriteNumber("batches"u8, waiting);
        writer.WriteNumber("damaged"u8, damaged);
        if (oldest is { } age)
        {
            writer.WriteNumber("oldestAgeSeconds"u8, (long)age.TotalSeconds);
        }

        writer.WriteEndObject();
    }

    private static void WriteCounts(Utf8JsonWriter writer, string name, RegionStats counts, bool balanced)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("received"u8, counts.Received);
        writer.WriteNumber("archived"u8, counts.Archived);
        writer.WriteNumber("duplicate"u8, counts.Duplicate);
        writer.WriteNumber("quarantined"u8, counts.Quarantined);
        writer.WriteNumber("inFlight"u8, counts.InFlight);
        writer.WriteBoolean("balanced"u8, balanced);
        writer.WriteEndObject();
    }
}
