using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Trailgate.Alerts.Channels;

namespace Trailgate.Alerts.Delivery;

/// <summary>
/// What people do about channels: <c>GET /api/channels</c> shows them, <c>POST /api/channels/{name}/enable</c> enables one,
/// <c>POST /api/channels/{name}/redeliver</c> sends all of its dead letters again, <c>POST /api/alerts/{id}/redeliver</c> one.
/// </summary>
internal sealed class ChannelsEndpoint(AlertChannels channels, ChannelStates states, Redelivery redelivery)
{
    /// <summary>Lists the channels and whether they are disabled. Neither addresses nor secrets.</summary>
    public async Task ListAsync(HttpContext context)
    {
        var known = new List<(AlertChannel Channel, ChannelState? State)>();
        foreach (var channel in channels.All)
        {
            known.Add((channel, await states.FindAsync(channel, context.RequestAborted)));
        }

        await WriteAsync(context, writer =>
        {
            writer.WriteStartArray("channels"u8);
            foreach (var (channel, state) in known)
            {
                writer.WriteStartObject();
                writer.WriteString("name"u8, channel.Name);
                writer.WriteString("type"u8, channel.Type);
                writer.WriteString("state"u8, state is null ? "enabled"u8 : "disabled"u8);
                if (state is not null)
                {
                    writer.WriteString("disabledAt"u8, state.DisabledAt);
                    writer.WriteString("reason"u8, state.Reason);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });
    }

    /// <summary>Enables a channel that a 410 disabled.</summary>
    public async Task EnableAsync(HttpContext context, string name)
    {
        if (!redelivery.Knows(name))
        {
            await NoSuchChannel.WriteAsync(context);
            return;
        }

        var wasDisabled = await states.EnableAsync(name, context.RequestAborted);
        await WriteAsync(context, writer => writer.WriteBoolean("wasDisabled"u8, wasDisabled));
    }

    /// <summary>Sends all dead letters of a channel again.</summary>
    public async Task RedeliverAllAsync(HttpContext context, string name)
    {
        if (!redelivery.Knows(name))
        {
            await NoSuchChannel.WriteAsync(context);
            return;
        }

        var sent = await redelivery.AllAsync(name, context.RequestAborted);
        await WriteAsync(context, writer => writer.WriteNumber("redelivered"u8, sent));
    }

    /// <summary>Sends one notification again, to the channels on which it is dead.</summary>
    public async Task RedeliverAsync(HttpContext context, string id)
    {
        var sent = await redelivery.OneAsync(id, context.RequestAborted);
        if (sent == 0)
        {
            await NoDeadLetter.WriteAsync(context);
            return;
        }

        await WriteAsync(context, writer => writer.WriteNumber("redelivered"u8, sent));
    }

    private static Problem NoSuchChannel => new(
        StatusCodes.Status404NotFound, "no-such-channel", "There is no such channel", "No channel of that name is configured; GET /api/channels lists them.");

    private static Problem NoDeadLetter => new(
        StatusCodes.Status404NotFound, "no-dead-letter", "There is nothing to send again", "No configured channel has a dead letter of that id.");

    private static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> rest)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        writer.WriteStartObject();
        rest(writer);
        writer.WriteEndObject();
        await writer.FlushAsync(context.RequestAborted);
    }
}
