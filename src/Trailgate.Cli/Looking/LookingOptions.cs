using System.Buffers;
using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Trailgate.Cli.Looking;

/// <summary>What commands share that answer readably or as JSON.</summary>
internal static class LookingOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Answers as the API does, in JSON." };

    /// <summary>JSON that was written, as text.</summary>
    public static string ToJson(Action<Utf8JsonWriter> write, Terminal terminal)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            write(writer);
        }

        return EventRows.Json(buffer.WrittenSpan, terminal);
    }
}
