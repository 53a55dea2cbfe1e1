using System.Globalization;
using System.Text;
using Trailgate.Events;

namespace Trailgate.Normalize;

/// <summary>Writes the parts of an event as its one line, members in the order of the design.</summary>
internal static class LineWriter
{
    /// <summary>Version of the format, stored as <c>trailgate.schema</c>.</summary>
    public const int Schema = 1;

    /// <summary>Lists under <c>trailgate</c> keep this many entries.</summary>
    public const int MaxListed = 16;

    private const int NoLimit = int.MaxValue;

    /// <summary>Where the id stands in a line.</summary>
    public const int IdStart = 7; // {"id":"

    private static readonly byte[] SchemaText = Encoding.ASCII.GetBytes(Schema.ToString(CultureInfo.InvariantCulture));

    /// <summary>Writes the line, without a newline.</summary>
    /// <param name="parts">The event.</param>
    /// <param name="reception">The request; null leaves the time of receipt out, as the overflow does: it would give every copy another name.</param>
    /// <param name="overflow">Where the full event lies, or null when nothing gave way.</param>
    /// <param name="maxListedBytes">How long a value in the lists under <c>trailgate</c> may be.</param>
    /// <param name="output">Where it goes.</param>
    public static void Write(EventParts parts, Reception? reception, string? overflow, int maxListedBytes, ByteBuffer output)
    {
        output.Append("{\"id\":\""u8);
        parts.Id.WriteText(output.GetSpan(EventId.TextLength));
        output.Advance(EventId.TextLength);
        output.Append((byte)'"');
        for (var member = Member.TypeUri; member <= Member.Extensions; member++)
        {
            var part = parts[member];
            if (part.IsPresent)
            {
                output.Append(Members.Lead(member));
                output.Append(parts.Value(part));
            }
        }

        WriteOwn(parts, reception, overflow, maxListedBytes, output);
        output.Append((byte)'}');
    }

    /// <summary>Writes the full event as it goes to the overflow: without the time of receipt, nothing cut.</summary>
    public static void WriteFull(EventParts parts, ByteBuffer output) => Write(parts, reception: null, overflow: null, NoLimit, output);

    private static void WriteOwn(EventParts parts, Reception? reception, string? overflow, int maxListedBytes, ByteBuffer output)
    {
        output.Append(",\"trailgate\":{\"schema\":"u8);
        output.Append(SchemaText);
        WriteText(",\"region\":\""u8, parts.Region.Name, output);
        WriteText(",\"kind\":\""u8, parts.Kind.ToText(), output);
        if (reception is not null)
        {
            if (reception.SourceText is { } source)
            {
                output.Append(",\"source\":\""u8);
                output.Append(source);
                output.Append((byte)'"');
            }

            output.Append(",\"receivedAt\":\""u8);
            output.Append(reception.ReceivedAtText);
            output.Append((byte)'"');
        }

        if (parts.IsInterim)
        {
            output.Append(",\"interim\":true"u8);
        }

        // Like the time of receipt, the envelope would give every copy of the overflow another name.
        if (parts.Envelope.IsPresent && reception is not null)
        {
            output.Append(",\"envelope\":"u8);
            output.Append(parts.Value(parts.Envelope));
        }

        if (parts[Member.Id].IsPresent)
        {
            output.Append(",\"sourceId\":"u8);
            output.Append(parts.Value(Member.Id));
        }

        WriteGiven(parts, maxListedBytes, output);
        WriteAssumed(parts, output);
        WriteLimited(parts, overflow, output);
        parts.Redactions.WriteTo(output, maxListedBytes);
        output.Append((byte)'}');
    }

    private static void WriteGiven(EventParts parts, int maxBytes, ByteBuffer output)
    {
        for (var i = 0; i < parts.Given.Count; i++)
        {
            var (name, part) = parts.Given[i];
            WriteText(i == 0 ? ",\"given\":{\""u8 : ",\""u8, name, output);
            output.Append((byte)':');
            var value = parts.Value(part);
            if (value.Length <= maxBytes)
            {
                output.Append(value);
            }
            else
            {
                // A long text keeps its begin; of a long object or array only its beginning as a text could be kept, which helps nobody.
                output.Append((byte)'"');
                if (value[0] == '"')
                {
                    output.Append(value[1..^1][..JsonStrings.CutAt(value[1..^1], maxBytes)]);
                }

                output.Append((byte)'"');
            }
        }

        if (parts.Given.Count > 0)
        {
            output.Append((byte)'}');
        }
    }

    private static void WriteAssumed(EventParts parts, ByteBuffer output)
    {
        for (var i = 0; i < parts.Assumed.Count; i++)
        {
            WriteText(i == 0 ? ",\"assumed\":[\""u8 : ",\""u8, parts.Assumed[i], output);
        }

        if (parts.Assumed.Count > 0)
        {
            output.Append((byte)']');
        }
    }

    private static void WriteLimited(EventParts parts, string? overflow, ByteBuffer output)
    {
        var listed = Math.Min(parts.Limited.Count, MaxListed);
        for (var i = 0; i < listed; i++)
        {
            var limited = parts.Limited[i];
            WriteText(i == 0 ? ",\"limited\":[{\"field\":\""u8 : ",{\"field\":\""u8, limited.Field, output);
            if (limited.Sha256 is null)
            {
                output.Append(",\"bySource\":true}"u8);
                continue;
            }

            output.Append(",\"bytes\":"u8);
            output.AppendNumber(limited.Bytes);
            WriteText(",\"sha256\":\""u8, limited.Sha256, output);
            if (overflow is not null)
            {
                WriteText(",\"overflow\":\""u8, overflow, output);
            }

            output.Append((byte)'}');
        }

        if (listed > 0)
        {
            output.Append((byte)']');
        }

        if (parts.Limited.Count > MaxListed)
        {
            output.Append(",\"limitedCount\":"u8);
            output.AppendNumber(parts.Limited.Count);
        }
    }

    // Names of ours only: nothing in them needs escaping.
    private static void WriteText(ReadOnlySpan<byte> before, string text, ByteBuffer output)
    {
        output.Append(before);
        output.Advance(Encoding.ASCII.GetBytes(text, output.GetSpan(text.Length)));
        output.Append((byte)'"');
    }
}
