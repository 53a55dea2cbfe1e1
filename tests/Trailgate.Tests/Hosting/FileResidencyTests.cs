using Trailgate.Tests.Ingest;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Hosting;

public sealed class FileResidencyTests : ResidencyContract
{
    private readonly TempFolder _eu = new();
    private string _default = "";

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _eu.Dispose();
    }

    private protected override async Task<IngestServer> StartAsync((string Name, string Value)[] settings)
    {
        var server = await IngestServer.StartAsync([.. settings, ("Trailgate:Stores:eu:Data", _eu.Path)]);
        _default = server.Data;
        return server;
    }

    private protected override async Task<IReadOnlyList<(string Name, byte[] Bytes)>> ReadAllAsync(string store)
    {
        var folder = store == "eu" ? _eu.Path : _default;
        var all = new List<(string Name, byte[] Bytes)>();
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            all.Add((Path.GetRelativePath(folder, file), await File.ReadAllBytesAsync(file)));
        }

        return all;
    }
}
