using System.Globalization;
using System.Text.Json;
using Trailgate.Cli.Looking;
using Trailgate.Signing;
using Trailgate.Verify;

namespace Trailgate.Cli.Verify;

/// <summary><c>trailgate verify --proof FILE --key PUB</c>: checks one proof, without any store.</summary>
internal static class ProofMode
{
    public static async Task<int> RunAsync(string file, TrustedKeys? keys, bool json, TextWriter output, CancellationToken cancellationToken)
    {
        if (keys is null)
        {
            throw new CommandFailedException("--proof needs --key: a proof is worth what the key is worth that signed its note.");
        }

        var verdict = ProofCheck.Check(await EvidenceFile.ReadAsync("--proof", file, ProofCheck.MaxBytes, cancellationToken), keys);
        await output.WriteLineAsync(json ? Json(file, verdict) : Text(file, verdict));
        return verdict is ProofVerdict.Holds ? CommandLine.Done : CommandLine.DoneWithFindings;
    }

    private static string Text(string file, ProofVerdict verdict) => verdict switch
    {
        ProofVerdict.Holds holds => string.Create(CultureInfo.InvariantCulture, $"""
            {SafeText.Of(file)} holds: the event {holds.Id} of {holds.Time} stood in the archive of {holds.Manifest.Region} by {holds.Note.Time:yyyy-MM-dd HH:mm:ss} UTC.
              signed   note {holds.Note.Sequence} of {SafeText.Of(holds.Note.Origin)}
            """),
        ProofVerdict.Fails fails => SafeText.Of($"{file} proves nothing: {fails.Reason}."),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Json(string file, ProofVerdict verdict)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("type", "proof");
            writer.WriteString("file", file);
            writer.WriteBoolean("holds", verdict is ProofVerdict.Holds);
            if (verdict is ProofVerdict.Holds holds)
            {
                writer.WriteString("id", holds.Id.ToString());
                writer.WriteString("eventTime", holds.Time.ToString());
                writer.WriteString("region", holds.Manifest.Region.Name);
                writer.WriteString("origin", holds.Note.Origin);
                writer.WriteNumber("note", holds.Note.Sequence);
                writer.WriteString("noteTime", holds.Note.Time.UtcDateTime);
            }
            else if (verdict is ProofVerdict.Fails fails)
            {
                writer.WriteString("reason", fails.Reason);
            }

            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
