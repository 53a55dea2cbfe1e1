using System.Buffers;
using System.IO.Compression;
using System.Text.Json;
using Trailgate.Events;
using Trailgate.Normalize;
using Trailgate.Query.Changes;
using Trailgate.Storage;
using Trailgate.Tests.Normalize;

namespace Trailgate.Tests.Query.Changes;

/// <summary>What happened to objects, as it came from the source, normalized and stored; and what is said of its changes.</summary>
internal sealed class ChangeHistory(RedactionSettings? redaction = null)
{
    public const string Project = "crn:v1:bluemix:public:codeengine:us-south:a/1:p1::";

    private int _minutes;

    public QueryStore Store { get; } = new();

    /// <summary>An event of Code Engine, a minute after the one before it.</summary>
    public string Raw(
        string action, string? request = null, string? response = null, string outcome = "success", string target = Project, string? name = "shop", string? correlation = null, int? minute = null)
    {
        var at = new DateTime(2026, 11, 22, 0, 0, 0, DateTimeKind.Utc).AddMinutes(minute ?? ++_minutes);
        return $$"""
            {"action":"{{action}}","eventTime":"{{at:yyyy-MM-dd'T'HH:mm:ss.ff}}+0000","outcome":"{{outcome}}","target":{"id":"{{target}}","name":"{{name}}"},
             "initiator":{"id":"IBMid-1","name":"ana"},"logSourceCRN":"crn:v1:bluemix:public:codeengine:us-south:a/1:::"
             {{(correlation is null ? "" : $",\"correlationId\":\"{correlation}\"")}}{{(request is null ? "" : ",\"requestData\":" + request)}}{{(response is null ? "" : ",\"responseData\":" + response)}}}
            """;
    }

    /// <summary>Stores an event that came, in the inbox or in the archive.</summary>
    public async Task<EventId> AddAsync(string raw, bool archived = false)
    {
        var normal = Normalizing.NormalizeEvent(raw, redaction);
        Assert.Null(normal.Reason);
        if (normal.OverflowPath is { } path)
        {
            await Store.Blobs.PutAsync(new BlobName(Containers.Archive, path), Gzip(normal.Overflow), default);
        }

        await (archived ? Store.ArchiveAsync(normal.Text) : Store.BatchAsync(normal.Text));
        return normal.Event.Id;
    }

    public async Task<JsonElement> ChangesAsync(EventId id)
    {
        var found = await Store.Lookup.FindAsync(id, default);
        Assert.NotNull(found);
        var changes = await new ChangeSearch(Store.Search, Store.Readers).FindAsync(found, default);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            ChangesJson.Write(writer, changes);
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var stored = new MemoryStream();
        using (var gzip = new GZipStream(stored, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return stored.ToArray();
    }
}
