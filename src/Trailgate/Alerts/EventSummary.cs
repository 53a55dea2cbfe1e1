using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Trailgate.Alerts;

/// <summary>
/// The few members of a normalized line that tell a person what happened: who, what, when, where, how it ended. Of the
/// bodies only the name that the request gives to its object comes along, for Code Engine names the project alone as the
/// target; so an alert stays small and carries nothing that the reader did not ask for.
/// </summary>
internal static class EventSummary
{
    // Longest number that is copied; the normalizer lets longer ones through as they came.
    private const int MaxNumberBytes = 32;
    private const int MaxSeverityBytes = 32;

    private static readonly JsonEncodedText[] Root = Names("id", "eventTime", "action", "outcome", "severity", "correlationId", "message");
    private static readonly JsonEncodedText[] Reason = Names("reasonCode", "reasonType", "reasonForFailure");
    private static readonly JsonEncodedText[] Initiator = Names("id", "name", "address");
    private static readonly JsonEncodedText[] Target = Names("id", "name", "typeURI");
    private static readonly JsonEncodedText[] Host = Names("address");
    private static readonly JsonEncodedText[] Own = Names("region", "kind");
    private static readonly JsonEncodedText Name = JsonEncodedText.Encode("name");

    /// <summary>Writes the summary object.</summary>
    /// <returns>The event's severity.</returns>
    /// <exception cref="JsonException">The line is no JSON object.</exception>
    public static string Write(ReadOnlySpan<byte> line, IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, Alert.WriterOptions);
        var severity = "normal";
        var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 128 });
        reader.Read();
        var named = default(Utf8JsonReader);
        writer.WriteStartObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.TextIs("reason"u8))
            {
                WriteObject(ref reader, writer, "reason"u8, Reason);
            }
            else if (reader.TextIs("initiator"u8))
            {
                WriteObject(ref reader, writer, "initiator"u8, Initiator);
            }
            else if (reader.TextIs("target"u8))
            {
                WriteObject(ref reader, writer, "target"u8, Target);
            }
            else if (reader.TextIs("requestData"u8))
            {
                reader.Read();
                named = FindName(ref reader);
            }
            else if (reader.TextIs("trailgate"u8))
            {
                reader.Read();
                CopyMembers(ref reader, writer, Own);
            }
            else
            {
                if (reader.TextIs("severity"u8))
                {
                    var value = reader;
                    severity = value.Read() && value.TokenType == JsonTokenType.String
                        && value.ValueSpan.Length <= MaxSeverityBytes && !value.ValueIsEscaped && Ascii.IsValid(value.ValueSpan)
                        ? Encoding.ASCII.GetString(value.ValueSpan)
                        : severity;
                }

                CopyMember(ref reader, writer, Root);
            }
        }

        if (named.TokenType == JsonTokenType.String)
        {
            writer.WriteStartObject("requestData"u8);
            CopyString(ref named, writer, Name);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        return severity;
    }

    /// <summary>
    /// The string that names the object of a request: its own <c>name</c>, or the one of its <c>metadata</c>, as
    /// Kubernetes and what is built on it write it. The reader stands on the request; afterwards on its last token.
    /// </summary>
    /// <returns>A reader on the string; one on no string where there is none.</returns>
    private static Utf8JsonReader FindName(scoped ref Utf8JsonReader reader, bool inMetadata = false)
    {
        Utf8JsonReader own = default;
        Utf8JsonReader ofMetadata = default;
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isName = reader.TextIs("name"u8);
                var isMetadata = !inMetadata && reader.TextIs("metadata"u8);
                reader.Read();
                if (isMetadata)
                {
                    ofMetadata = FindName(ref reader, inMetadata: true);
                }
                else if (isName && reader.TokenType == JsonTokenType.String && reader.ValueSpan.ContainsAnyExcept((byte)' '))
                {
                    own = reader;
                }
                else
                {
                    reader.Skip();
                }
            }
        }
        else
        {
            reader.Skip();
        }

        return own.TokenType == JsonTokenType.String ? own : ofMetadata;
    }

    private static void WriteObject(ref Utf8JsonReader reader, Utf8JsonWriter writer, ReadOnlySpan<byte> name, JsonEncodedText[] members)
    {
        writer.WriteStartObject(name);
        reader.Read();
        CopyMembers(ref reader, writer, members);
        writer.WriteEndObject();
    }

    /// <summary>The reader stands on a value; afterwards on its last token.</summary>
    private static void CopyMembers(ref Utf8JsonReader reader, Utf8JsonWriter writer, JsonEncodedText[] members)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        var addressWritten = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (members == Initiator && reader.TextIs("host"u8) && !addressWritten)
            {
                reader.Read();
                CopyMembers(ref reader, writer, Host);
                addressWritten = true;
            }
            else if (members == Initiator && reader.TextIs("address"u8))
            {
                CopyMember(ref reader, writer, addressWritten ? [] : Host);
                addressWritten = true;
            }
            else
            {
                CopyMember(ref reader, writer, members);
            }
        }
    }

    /// <summary>Copies a string or a number whose name is wanted; skips anything else.</summary>
    private static void CopyMember(ref Utf8JsonReader reader, Utf8JsonWriter writer, JsonEncodedText[] wanted)
    {
        JsonEncodedText? found = null;
        foreach (var candidate in wanted)
        {
            if (reader.TextIs(candidate.EncodedUtf8Bytes))
            {
                found = candidate;
                break;
            }
        }

        reader.Read();
        if (found is not { } name)
        {
            reader.Skip();
        }
        else if (reader.TokenType == JsonTokenType.String)
        {
            CopyString(ref reader, writer, name);
        }
        else if (reader.TokenType == JsonTokenType.Number && reader.ValueSpan.Length <= MaxNumberBytes)
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
        }
        else
        {
            reader.Skip();
        }
    }

    private static JsonEncodedText[] Names(params string[] names) => Array.ConvertAll(names, static name => JsonEncodedText.Encode(name));

    private static void CopyString(ref Utf8JsonReader reader, Utf8JsonWriter writer, JsonEncodedText name)
    {
        var rented = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            var text = rented.AsSpan(0, reader.CopyString(rented));
            if (Utf8.IsValid(text))
            {
                writer.WritePropertyName(name);
                BoundedText.Write(writer, text, Alert.MaxStringBytes);
            }
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair as an escape: valid JSON, no text. An alert without this member beats no alert.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
