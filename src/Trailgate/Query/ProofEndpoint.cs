using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Query;

/// <summary><c>GET /api/events/{id}?proof=true</c>: answers with the proof of an event, the very file that <c>trailgate verify --proof</c> checks.</summary>
public sealed class ProofEndpoint(EventProver prover, IOptions<ArchiveOptions> options, TimeProvider time)
{
    /// <summary>The parameter that asks for it.</summary>
    public const string Parameter = "proof";

    /// <summary>Answers; 409 with <c>Retry-After</c> for an event that is not archived yet.</summary>
    /// <param name="context">The request.</param>
    /// <param name="id">The last segment of the path.</param>
    /// <exception cref="ArchiveDamagedException">A part of the archive that the proof needs can not be read.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task HandleAsync(HttpContext context, string id)
    {
        if (context.Request.Query is not { Count: 1 } query || query[Parameter] is not ["true"])
        {
            await QueryParameters.Bad("'proof=true' asks for the proof of an event, which holds all of it: no other parameter goes with it.").WriteAsync(context);
            return;
        }

        if (!EventId.TryParse(id.ToLowerInvariant(), out var eventId))
        {
            await QueryParameters.Bad("An event id has 32 hexadecimal digits; 'id' of every event is one.").WriteAsync(context);
            return;
        }

        switch (await prover.ProveAsync(eventId, context.RequestAborted))
        {
            case ProofResult.Proven proven:
                var file = proven.Proof.ToBytes();
                context.Response.ContentType = "application/json";
                context.Response.ContentLength = file.Length;
                context.Response.Headers.CacheControl = "no-store";
                context.Response.Headers.ContentDisposition = $"attachment; filename=\"{eventId}.proof.json\"";
                await context.Response.Body.WriteAsync(file, context.RequestAborted);
                break;
            case ProofResult.Waiting:
                await NotArchivedYet().WriteAsync(context);
                break;
            default:
                await EventsEndpoint.NoSuchEvent.WriteAsync(context);
                break;
        }
    }

    private Problem NotArchivedYet()
    {
        var now = time.GetUtcNow();
        var next = ArchiveSchedule.TryParse(options.Value.Schedule, out var schedule, out _) ? schedule.Next(now) : null;
        return new Problem(StatusCodes.Status409Conflict, "not-archived-yet", "The event is not archived yet",
            "It is stored and waits in the inbox. The next archive run puts it under a signed note; come again after it.")
        {
            // A run takes a while as well.
            RetryAfterSeconds = next is { } run ? (int)Math.Clamp((run - now).TotalSeconds + 5, 5, int.MaxValue) : null,
        };
    }
}
