using Microsoft.Extensions.Options;
using Trailgate.Alerts;
using Trailgate.Archive;
using Trailgate.Hosting;
using Trailgate.Signing;
using Trailgate.Storage;

namespace Trailgate.Cli;

/// <summary>The first lines of <c>serve</c>: where it listens, where it keeps, who may call, when it archives and tells.</summary>
internal static class StartReport
{
    public static void Write(TextWriter output, WebApplication server)
    {
        var services = server.Services;
        output.WriteLine($"Trailgate listens on {string.Join(", ", server.Urls)}");
        var stores = services.GetRequiredService<Stores>();
        output.WriteLine($"  data     {stores.Default.Blobs}");
        foreach (var store in stores.All.Where(store => !store.IsDefault))
        {
            output.WriteLine($"           {store.Blobs} ({store})");
        }

        output.WriteLine($"  access   {Access(services.GetRequiredService<AccessKeys>())}");
        foreach (var (key, i) in services.GetRequiredService<SigningKeys>().All.Select((key, i) => (key, i)))
        {
            // The public half: what who checks the archive must have from elsewhere than the archive.
            output.WriteLine($"{(i == 0 ? "  signing  " : "           ")}{key.Verifier}");
        }

        output.WriteLine($"  archive  {services.GetRequiredService<IOptions<ArchiveOptions>>().Value.Schedule} (UTC)");
        output.WriteLine($"  alerts   {Channels(services.GetRequiredService<IOptions<AlertOptions>>().Value)}");
        output.Flush();
    }

    private static string Access(AccessKeys keys) => keys.IsEmpty
        ? "no key is configured: open to this machine, closed to all others"
        : $"keys {string.Join(", ", keys.Names.Select(key => $"{key.Name} ({key.Scopes.ToText()})"))}";

    private static string Channels(AlertOptions alerts) => alerts.Channels.Count == 0
        ? "no channel is configured: they are kept and sent nowhere"
        : $"to {string.Join(", ", alerts.Channels.Select(channel => $"{channel.Key} ({channel.Value.Type})").Order(StringComparer.Ordinal))}";
}
