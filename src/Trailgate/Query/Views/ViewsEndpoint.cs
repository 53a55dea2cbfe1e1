using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Trailgate.Storage;

namespace Trailgate.Query.Views;

/// <summary><c>/api/views</c> and <c>/api/views/{name}</c>: lists, shows, writes and deletes saved views.</summary>
public sealed class ViewsEndpoint(ViewStore views)
{
    private static readonly Problem NoSuchView = new(StatusCodes.Status404NotFound, "no-such-view", "There is no such view",
        "GET /api/views lists them. A name has 1 to 40 lower-case letters, digits and hyphens.");

    private static readonly Problem BadName = new(StatusCodes.Status400BadRequest, "bad-view", "The view is not understood",
        "The name of a view has 1 to 40 lower-case letters, digits and hyphens.");

    private static readonly Problem IsShipped = new(StatusCodes.Status409Conflict, "shipped-view", "The view comes with Trailgate",
        "It can be neither changed nor deleted; save it under another name.");

    private static readonly Problem TooMany = new(StatusCodes.Status409Conflict, "too-many-views", "There are too many views",
        $"At most {ViewStore.MaxViews} can be saved; delete one first.");

    private static readonly Problem TooLong = new(StatusCodes.Status413PayloadTooLarge, "view-too-long", "The view is too long",
        $"A view has at most {ViewStore.MaxBytes} bytes.");

    private static readonly Problem NoView = new(StatusCodes.Status400BadRequest, "bad-view", "The view is not understood",
        """The body must be one JSON object: {"title":"...","query":"outcome=failure","columns":["eventTime","action"]}, and where its reader has to fill in filters "parameters":[{"name":"targetId","title":"..."}]; no other members.""");

    /// <summary>Lists the views, the shipped ones first.</summary>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task ListAsync(HttpContext context)
    {
        var all = await views.ListAsync(context.RequestAborted);
        await WriteAsync(context, StatusCodes.Status200OK, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("views"u8);
            foreach (var view in all)
            {
                Write(writer, view);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    /// <summary>Shows one view.</summary>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task ShowAsync(HttpContext context, string name)
    {
        if (!ViewName.TryParse(name, out var parsed) || await views.FindAsync(parsed, context.RequestAborted) is not { } view)
        {
            await NoSuchView.WriteAsync(context);
            return;
        }

        await WriteAsync(context, StatusCodes.Status200OK, writer => Write(writer, view));
    }

    /// <summary>Adds or replaces one; the later of two writers wins.</summary>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task PutAsync(HttpContext context, string name)
    {
        var problem = !ViewName.TryParse(name, out var parsed) ? BadName : ShippedViews.Find(parsed) is not null ? IsShipped : null;
        SavedView? view = null;
        if (problem is null)
        {
            (view, problem) = await ReadAsync(context);
        }

        if (view is null || (problem ??= ViewCheck.Refuse(view)) is not null)
        {
            await (problem ?? NoView).WriteAsync(context);
            return;
        }

        var written = await views.PutAsync(parsed, view, context.RequestAborted);
        if (written == ViewWrite.TooMany)
        {
            await TooMany.WriteAsync(context);
            return;
        }

        var status = written == ViewWrite.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        await WriteAsync(context, status, writer => Write(writer, new NamedView(parsed, view, IsShipped: false)));
    }

    /// <summary>Deletes one.</summary>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task DeleteAsync(HttpContext context, string name)
    {
        if (!ViewName.TryParse(name, out var parsed))
        {
            await NoSuchView.WriteAsync(context);
        }
        else if (ShippedViews.Find(parsed) is not null)
        {
            await IsShipped.WriteAsync(context);
        }
        else if (!await views.DeleteAsync(parsed, context.RequestAborted))
        {
            await NoSuchView.WriteAsync(context);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private static async Task<(SavedView? View, Problem? Problem)> ReadAsync(HttpContext context)
    {
        var body = new byte[ViewStore.MaxBytes + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, context.RequestAborted);
        if (length > ViewStore.MaxBytes)
        {
            return (null, TooLong);
        }

        try
        {
            return (JsonSerializer.Deserialize(body.AsSpan(0, length), ViewJsonContext.Default.SavedView), null);
        }
        catch (JsonException)
        {
            return (null, NoView);
        }
    }

    private static void Write(Utf8JsonWriter writer, NamedView named)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, named.Name.ToString());
        writer.WriteString("title"u8, named.View.Title);
        writer.WriteString("query"u8, named.View.Query);
        writer.WriteStartArray("columns"u8);
        foreach (var column in named.View.Columns)
        {
            writer.WriteStringValue(column);
        }

        writer.WriteEndArray();
        writer.WriteBoolean("shipped"u8, named.IsShipped);
        writer.WriteStartArray("parameters"u8);
        foreach (var parameter in named.View.Parameters)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, parameter.Name);
            writer.WriteString("title"u8, parameter.Title);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static async Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        write(writer);
        await writer.FlushAsync(context.RequestAborted);
    }
}
