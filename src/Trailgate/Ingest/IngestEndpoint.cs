using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Trailgate.Alerts;
using Trailgate.Events;
using Trailgate.Ingest.Envelopes;
using Trailgate.Normalize;
using Trailgate.Storage;

namespace Trailgate.Ingest;

/// <summary>
/// <c>POST /api/events[/{source}]</c>: reads the body, normalizes its events, makes them durable, and answers. A 2xx, and
/// the 422 for a body of nothing but quarantined items, mean that all of it survives a power cut.
/// </summary>
public sealed partial class IngestEndpoint
{
    /// <summary>How many ids are remembered to tell senders of duplicates: twice this at the most, some 8 MB.</summary>
    private const int RecentCapacity = 65_536;

    private readonly Inboxes _inboxes;
    private readonly Residency _residency;
    private readonly ReceiptWriter _receipts;
    private readonly TimeProvider _time;
    private readonly ILogger<IngestEndpoint> _logger;
    private readonly BodyReader _reader;
    private readonly BodyNormalizer _normalizer;
    private readonly RecentIds _recent = new(RecentCapacity);

    /// <summary>One for the whole process: it holds the budget of bytes in flight.</summary>
    public IngestEndpoint(
        Inboxes inboxes, Residency residency, AlertDispatcher alerts, RegionTable regions, ReceiptWriter receipts,
        IOptions<IngestOptions> options, IOptions<RedactionSettings> redaction, TimeProvider time, ILogger<IngestEndpoint> logger)
    {
        _inboxes = inboxes;
        _residency = residency;
        _receipts = receipts;
        _time = time;
        _logger = logger;
        _reader = new BodyReader(options.Value, new InFlightBudget(options.Value.InFlightBytes));
        _normalizer = new BodyNormalizer(options.Value, redaction.Value, regions, alerts);
    }

    /// <summary>Handles one request. The route's <c>source</c> value, if there is one, is kept with the events.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var source = context.Request.RouteValues.TryGetValue("source", out var value) ? value as string : null;
        if (source is not null && !Region.TryParse(source, out _))
        {
            await IngestProblems.BadSource.WriteAsync(context);
            return;
        }

        if (!BodyFormats.TryParse(context.Request.ContentType, out var format))
        {
            await IngestProblems.UnsupportedType.WriteAsync(context);
            return;
        }

        var (body, problem) = await _reader.ReadAsync(context.Request, context.RequestAborted);
        if (body is null)
        {
            await problem!.WriteAsync(context); // no body means a problem
            return;
        }

        using (body)
        {
            var now = _time.GetUtcNow().UtcTicks;
            var reception = new Reception(source, new EventTime(now - now % TimeSpan.TicksPerMillisecond));
            var cloudEvent = CloudEventHeaders.Read(context.Request.Headers);
            var home = _residency.HomeOf(context.Features, source);
            using var intake = new Intake(_residency, home, body.Memory.Length);
            problem = _normalizer.Normalize(body.Memory.Span, format, cloudEvent, reception, intake);
            if (problem is not null)
            {
                await problem.WriteAsync(context);
                return;
            }

            var wantsReceipt = _receipts.IsWanted(context.Request);
            if (wantsReceipt)
            {
                intake.WantReceipt();
            }

            try
            {
                await CommitAsync(intake);
            }
            catch (StorageException e)
            {
                LogStorageAway(intake.Results.Count, e);
                await IngestProblems.StorageAway.WriteAsync(context);
                return;
            }

            await AnswerAsync(context, intake.Results, wantsReceipt ? _receipts.Write(intake) : null);
        }
    }

    // Not cancelled when the client goes: what was read to its end is kept. A body for several stores waits for each,
    // whatever becomes of one: the others still read its lines.
    private Task CommitAsync(Intake intake) => intake.Submissions is [var only]
        ? _inboxes.CommitAsync(only)
        : Task.WhenAll(intake.Submissions.Select(async submission => await _inboxes.CommitAsync(submission)));

    private Task AnswerAsync(HttpContext context, List<ItemResult> results, string? receipt)
    {
        var rented = ArrayPool<bool>.Shared.Rent(results.Count);
        try
        {
            var known = rented.AsSpan(0, results.Count);
            _recent.Add(results, known);
            return IngestAnswer.WriteAsync(context, results, known, receipt);
        }
        finally
        {
            ArrayPool<bool>.Shared.Return(rented);
        }
    }

    // The inbox reports a storage that is away, for all requests together.
    [LoggerMessage(LogLevel.Debug, "The storage did not take {Count} events; their sender is told to send them again.")]
    private partial void LogStorageAway(int count, Exception exception);
}
