using System.Text.Json;

namespace Trailgate.Normalize;

/// <summary>Makes initiator, target, observer and reason smaller. Values are in the stored form: no white space, least escapes.</summary>
internal static class ObjectCutter
{
    private const int MaxDepth = 1024;
    private const int HostIndex = 0;

    private static readonly byte[][] Essentials =
    [
        [.. "host"u8], [.. "id"u8], [.. "name"u8], [.. "typeURI"u8], [.. "address"u8], [.. "reasonCode"u8], [.. "reasonType"u8], [.. "reasonForFailure"u8],
    ];

    /// <summary>Copies a value with every text cut to a bound, in bytes of its escaped form.</summary>
    public static void CutTexts(ReadOnlySpan<byte> value, int bound, ByteBuffer output)
    {
        var run = 0;
        var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length > bound)
            {
                var start = (int)reader.TokenStartIndex + 1;
                output.Append(value[run..start]);
                output.Append(reader.ValueSpan[..JsonStrings.CutAt(reader.ValueSpan, bound)]);
                run = (int)reader.BytesConsumed - 1;
            }
        }

        output.Append(value[run..]);
    }

    /// <summary>
    /// Copies only what tells who, what and why: id, name, typeURI, the address (also within host) and the codes of a
    /// reason, each cut to a bound.
    /// </summary>
    public static void KeepEssentials(ReadOnlySpan<byte> value, int bound, ByteBuffer output)
    {
        output.Append((byte)'{');
        var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = MaxDepth });
        reader.Read();
        var start = output.Length;
        // Names are not compared in an object of very many members, so one may come again and again: the first counts.
        var seen = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var essential = Essential(ref reader);
            var name = reader.ValueSpan;
            reader.Read();
            if (essential < 0 || (seen & (1 << essential)) != 0)
            {
                reader.Skip();
                continue;
            }

            seen |= 1 << essential;
            if (essential == HostIndex)
            {
                AppendAddress(ref reader, bound, output, start);
                continue;
            }

            AppendScalar(ref reader, name, bound, output, start);

            reader.Skip();
        }

        output.Append((byte)'}');
    }

    private static int Essential(ref Utf8JsonReader reader)
    {
        for (var i = 0; i < Essentials.Length; i++)
        {
            if (reader.TextIs(Essentials[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static void AppendAddress(ref Utf8JsonReader reader, int bound, ByteBuffer output, int start)
    {
        var inner = output.Length;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isAddress = reader.TextIs("address"u8);
            reader.Read();
            if (isAddress && output.Length == inner && reader.TokenType == JsonTokenType.String)
            {
                AppendName("host"u8, output, start);
                output.Append((byte)'{');
                AppendScalar(ref reader, "address"u8, bound, output, output.Length);
                output.Append((byte)'}');
            }

            reader.Skip();
        }
    }

    private static void AppendScalar(ref Utf8JsonReader reader, ReadOnlySpan<byte> name, int bound, ByteBuffer output, int start)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            AppendName(name, output, start);
            output.Append((byte)'"');
            output.Append(reader.ValueSpan[..JsonStrings.CutAt(reader.ValueSpan, bound)]);
            output.Append((byte)'"');
        }
        else if (reader.TokenType == JsonTokenType.Number)
        {
            // The begin of a number would be another number, so it is kept as a text.
            var isCut = reader.ValueSpan.Length > bound;
            AppendName(name, output, start);
            output.Append(isCut ? "\""u8 : []);
            output.Append(isCut ? reader.ValueSpan[..bound] : reader.ValueSpan);
            output.Append(isCut ? "\""u8 : []);
        }
    }

    private static void AppendName(ReadOnlySpan<byte> name, ByteBuffer output, int start)
    {
        if (output.Length > start)
        {
            output.Append((byte)',');
        }

        output.Append((byte)'"');
        output.Append(name);
        output.Append("\":"u8);
    }
}
