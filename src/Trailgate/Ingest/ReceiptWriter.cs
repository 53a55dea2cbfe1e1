using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Signing;

namespace Trailgate.Ingest;

/// <summary>Signs receipts for those who ask: one for an answer, whatever the number of its events and stores.</summary>
public sealed class ReceiptWriter(SigningKeys signing, IOptions<IngestOptions> options, IOptions<ArchiveOptions> archive, TimeProvider time)
{
    /// <summary>The word in <c>Prefer</c> (RFC 7240) that asks for one, and in <c>Preference-Applied</c> that says so.</summary>
    public const string Preference = "receipt";

    private readonly bool _always = options.Value.Receipts;
    private readonly string _origin = archive.Value.Origin;

    /// <summary>Whether the answer is to carry one.</summary>
    internal bool IsWanted(HttpRequest request) => _always || IsPreferred(request);

    /// <summary>Whether the sender asks for one.</summary>
    internal static bool IsPreferred(HttpRequest request)
    {
        // Nearly always absent: then this is all that a receipt costs.
        if (!request.Headers.TryGetValue("Prefer", out var values))
        {
            return false;
        }

        foreach (var value in values)
        {
            foreach (var range in value.AsSpan().Split(','))
            {
                // A preference may have a value and parameters, which mean nothing here.
                var preference = value.AsSpan(range);
                var end = preference.IndexOfAny(';', '=');
                if ((end < 0 ? preference : preference[..end]).Trim().Equals(Preference, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The receipt for what a request brought, all of it durable; null when none of it is an event.</summary>
    internal string? Write(Intake intake)
    {
        var batches = intake.Covered();
        if (batches.Count == 0)
        {
            return null;
        }

        var now = time.GetUtcNow().UtcTicks;
        var receipt = new Receipt(_origin, new EventTime(now - now % TimeSpan.TicksPerMillisecond), batches);
        return Encoding.UTF8.GetString(signing.Sign(receipt.ToText()).Span);
    }
}
