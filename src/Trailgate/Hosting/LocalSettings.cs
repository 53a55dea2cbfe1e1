using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Trailgate.Hosting;

/// <summary>
/// Reads <c>local.settings.json</c> as Azure Functions Core Tools do: <c>Values</c> is a flat list of environment
/// variables, in whose names <c>__</c> splits sections. So one file serves both hosts on a developer's machine.
/// </summary>
public static class LocalSettings
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "local.settings.json";

    /// <summary>Adds the file's settings; nothing when there is no file.</summary>
    /// <exception cref="InvalidDataException">The file is there and can not be used; the message says why.</exception>
    public static IConfigurationBuilder AddLocalSettings(this IConfigurationBuilder builder, string directory)
    {
        var path = Path.Combine(directory, FileName);
        return File.Exists(path) ? builder.AddInMemoryCollection(Read(File.ReadAllBytes(path))) : builder;
    }

    /// <summary>Reads the file's content.</summary>
    /// <exception cref="InvalidDataException">It is encrypted, is no JSON, or has values that are neither text, number nor truth value.</exception>
    internal static Dictionary<string, string?> Read(ReadOnlyMemory<byte> json)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        using var document = Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException($"{FileName} must hold one JSON object.");
        }

        if (document.RootElement.TryGetProperty("IsEncrypted"u8, out var encrypted) && encrypted.ValueKind == JsonValueKind.True)
        {
            throw new InvalidDataException($"{FileName} is encrypted; run 'func settings decrypt' first.");
        }

        if (!document.RootElement.TryGetProperty("Values"u8, out var values))
        {
            return settings;
        }

        if (values.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException($"{FileName}: Values must be an object.");
        }

        foreach (var value in values.EnumerateObject())
        {
            settings[value.Name.Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal)] = value.Value.ValueKind switch
            {
                JsonValueKind.String => value.Value.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.Value.GetRawText(),
                JsonValueKind.Null => null,
                _ => throw new InvalidDataException($"{FileName}: Values:{value.Name} must be a text; sections are written with '__' in the name."),
            };
        }

        return settings;
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            // A byte order mark is what some editors leave.
            var start = json.Span.StartsWith("\uFEFF"u8) ? 3 : 0;
            return JsonDocument.Parse(json[start..], new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{FileName} is no JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.", e);
        }
    }
}
