using System.Buffers;
using System.Text;
using System.Text.Json;
using Trailgate.Verify;

namespace Trailgate.Cli.Verify;

/// <summary>A report as lines of JSON: each finding, each remark, then the summary of the store.</summary>
internal static class JsonReport
{
    public static string Write(VerifyReport report)
    {
        var lines = new StringBuilder();
        foreach (var finding in report.Findings)
        {
            lines.Append(Line(writer => WriteFinding(writer, report.Store, finding)));
        }

        foreach (var remark in report.Remarks)
        {
            lines.Append(Line(writer =>
            {
                writer.WriteString("type"u8, "remark"u8);
                writer.WriteString("store"u8, report.Store);
                writer.WriteString("code"u8, remark.Code);
                writer.WriteString("message"u8, remark.Message);
                writer.WriteNumber("count"u8, remark.Count);
            }));
        }

        return lines.Append(Line(writer => WriteSummary(writer, report))).ToString();
    }

    private static string Line(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void WriteFinding(Utf8JsonWriter writer, string store, Finding finding)
    {
        writer.WriteString("type"u8, "finding"u8);
        writer.WriteString("store"u8, store);
        writer.WriteString("code"u8, finding.Code);
        writer.WriteString("blob"u8, finding.Place.Blob);
        WriteNumber(writer, "line"u8, finding.Place.Line);
        WriteNumber(writer, "member"u8, finding.Place.Member);
        WriteNumber(writer, "offset"u8, finding.Place.Offset);
        writer.WriteString("message"u8, finding.Message);
        writer.WriteNumber("followCount"u8, finding.FollowCount);
        writer.WriteStartArray("follows"u8);
        foreach (var follow in finding.Follows)
        {
            writer.WriteStringValue(follow);
        }

        writer.WriteEndArray();
    }

    private static void WriteSummary(Utf8JsonWriter writer, VerifyReport report)
    {
        writer.WriteString("type"u8, "summary"u8);
        writer.WriteString("store"u8, report.Store);
        writer.WriteNumber("findings"u8, report.FindingCount);
        writer.WriteNumber("events"u8, report.Events);
        writer.WriteNumber("segments"u8, report.Segments);
        writer.WriteNumber("manifests"u8, report.Manifests);
        writer.WriteNumber("notes"u8, report.Notes);
        writer.WriteNumber("overflows"u8, report.Overflows);
        writer.WriteNumber("storedBytes"u8, report.StoredBytes);
        writer.WriteNumber("lineBytes"u8, report.LineBytes);
        if (report.Head is { } head)
        {
            writer.WriteStartObject("head"u8);
            writer.WriteString("origin"u8, head.Origin);
            writer.WriteNumber("sequence"u8, head.Sequence);
            writer.WriteString("time"u8, head.Time);
            writer.WriteString("sha256"u8, head.Sha256);
            writer.WriteString("signature"u8, head.Signature switch
            {
                HeadSignature.Valid => "valid"u8,
                HeadSignature.NotValid => "not valid"u8,
                _ => "not checked"u8,
            });
            writer.WriteEndObject();
        }

        writer.WriteStartArray("regions"u8);
        foreach (var region in report.Regions)
        {
            writer.WriteStartObject();
            writer.WriteString("region"u8, region.Region);
            if (region.Counts is { } counts)
            {
                writer.WriteNumber("received"u8, counts.Received + region.InFlight);
                writer.WriteNumber("archived"u8, counts.Archived);
                writer.WriteNumber("duplicate"u8, counts.Duplicate);
                writer.WriteNumber("quarantined"u8, counts.Quarantined);
            }

            writer.WriteNumber("inFlight"u8, region.InFlight);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }
}
