using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Trailgate.Azure;
using Trailgate.Cli.Page;
using Trailgate.Hosting;
using Trailgate.Signing;
using Trailgate.Storage;

namespace Trailgate.Cli;

/// <summary>
/// Puts the standalone host together: Kestrel in front of <see cref="HttpEdge"/> and nothing between them. Everything
/// is added by hand, so that no setting of the framework (its own URLs, endpoints, host filters) opens another door.
/// </summary>
internal static class Server
{
    /// <summary>Threads that may be busy with a disk beside the requests: an archive run, and what else flushes.</summary>
    private const int ThreadsForDisks = 2;

    /// <summary>
    /// How long a stop waits for requests that are still arriving. A little less than the ten seconds after which Docker
    /// kills; the sender of a request that was cut off got no answer, and sends it again.
    /// </summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(8);

    /// <summary>Builds the host and checks all settings.</summary>
    /// <exception cref="OptionsValidationException">A setting is wrong.</exception>
    /// <exception cref="CommandFailedException">A URL can not be served.</exception>
    /// <exception cref="StorageException">A store can not be opened.</exception>
    public static WebApplication Build(IConfigurationManager settings, string urls)
    {
        // A disk flush blocks its thread (deliveries, marks and archive runs flush too), and the pool begins with one thread
        // a core and adds more only after half a second: requests would wait for disks that they have nothing to do with.
        // Not many more: with three times as many the threads take the cores from one another, a tenth of all speed.
        ThreadPool.SetMinThreads(Environment.ProcessorCount + ThreadsForDisks, Environment.ProcessorCount + ThreadsForDisks);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Configuration.AddConfiguration(settings);
        Logging.Configure(builder.Logging, settings);
        builder.Services.AddTrailgateAzure(settings).AddTrailgate(settings).AddTrailgateBackground().AddPage();
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = StopLimit);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(ConfigureKestrel).UseUrls(urls);

        var server = builder.Build();
        server.Services.GetRequiredService<IStartupValidator>().Validate();
        CheckUrls(urls, server.Services.GetRequiredService<AccessKeys>());
        server.Services.GetRequiredService<Stores>(); // opens them all: a start that can not write is no start
        server.Services.GetRequiredService<SigningKeys>(); // the same for one that can not sign

        var edge = server.Services.GetRequiredService<HttpEdge>();
        server.Run(edge.HandleAsync);
        return server;
    }

    private static void ConfigureKestrel(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        // Without TLS there is no negotiation: a port speaks either HTTP/1.1 or HTTP/2, and senders speak the former.
        kestrel.ConfigureEndpointDefaults(static endpoint => endpoint.Protocols = HttpProtocols.Http1);
    }

    private static void CheckUrls(string urls, AccessKeys keys)
    {
        var all = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (all.Length == 0)
        {
            throw new CommandFailedException("--urls names no address to listen on; write it like http://127.0.0.1:7071.");
        }

        foreach (var url in all)
        {
            if (!url.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
            {
                throw new CommandFailedException($"{url} can not be served: trailgate speaks plain HTTP, and TLS is ended by a proxy before it. Use http://...");
            }

            if (!TryParse(url, out var address))
            {
                throw new CommandFailedException($"{url} is no address to listen on; write it like http://127.0.0.1:7071.");
            }

            if (IPAddress.TryParse(address.Host, out var ip) && ip.IsIPv4MappedToIPv6)
            {
                throw new CommandFailedException($"{url} can not be served: it is an IPv4 address in IPv6's clothes. Use http://{ip.MapToIPv4()}:{address.Port}.");
            }

            if (address.PathBase.Length > 0)
            {
                throw new CommandFailedException($"{url} can not be served: a path can not be chosen. Use http://{address.Host}:{address.Port}.");
            }

            if (address.Port == 0 && address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            {
                throw new CommandFailedException($"{url} can not be served: localhost is two addresses, which can not share one free port. Use http://127.0.0.1:0.");
            }

            if (keys.IsEmpty && !LoopbackOnly.IsLoopbackHost(address.Host))
            {
                throw new CommandFailedException($"{url} is not served, because no access key is configured and others could reach it. Make one with 'trailgate access-key new NAME --scopes ingest,read', or listen on http://127.0.0.1:PORT.");
            }
        }
    }

    private static bool TryParse(string url, [NotNullWhen(true)] out BindingAddress? address)
    {
        try
        {
            // It takes a port that is no number for a part of the host, and Kestrel a host that it does not know for "any".
            address = BindingAddress.Parse(url);
            return (address.Host.StartsWith('[') || !address.Host.Contains(':', StringComparison.Ordinal))
                && !address.Host.Contains('@', StringComparison.Ordinal)
                && address.Port is >= IPEndPoint.MinPort and <= IPEndPoint.MaxPort;
        }
        catch (FormatException)
        {
            address = null;
            return false;
        }
    }
}
