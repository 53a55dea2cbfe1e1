using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Trailgate.Archive;
using Trailgate.Storage;

namespace Trailgate.Query.Stories;

/// <summary><c>GET /api/stories/{correlationId}</c>: all that one request did, in order.</summary>
public sealed class StoryEndpoint(StorySearch stories)
{
    private static readonly Problem NoSuchStory = new(StatusCodes.Status404NotFound, "no-such-story", "There is no such story",
        "No event has that correlationId; it is compared to the letter.");

    /// <summary>Answers a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="correlationId">The last segment of the path, as the server decoded it.</param>
    /// <exception cref="ArchiveDamagedException">Nothing was found, and a part of the archive that could hold it can not be read.</exception>
    /// <exception cref="StorageException">Nothing was found and a store did not answer; a retry is safe.</exception>
    public async Task HandleAsync(HttpContext context, string correlationId)
    {
        if (context.Request.Query.Count > 0)
        {
            await QueryParameters.Bad("A story takes no parameters.").WriteAsync(context);
            return;
        }

        if (await stories.FindAsync(Wanted(context, correlationId), context.RequestAborted) is not { } story)
        {
            await NoSuchStory.WriteAsync(context);
            return;
        }

        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        if (story.Unavailable.Count > 0)
        {
            context.Response.Headers["Trailgate-Unavailable"] = string.Join(", ", story.Unavailable);
        }

        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        StoryJson.Write(writer, story);
        await writer.FlushAsync(context.RequestAborted);
    }

    /// <summary>
    /// Servers decode all of a path but its slashes, so that %2F and %252F look the same afterwards: the segment is read
    /// from the request line, where there is one.
    /// </summary>
    private static string Wanted(HttpContext context, string decoded) =>
        context.Features.Get<IHttpRequestFeature>()?.RawTarget is { Length: > 0 } target
            ? Uri.UnescapeDataString(target.Split('?')[0].TrimEnd('/').Split('/')[^1])
            : decoded.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
