using Trailgate.Tests.Ingest;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Hosting;

public sealed class FileResidencyTests : ResidencyContract
{
    private readonly TempFolder _default = new();
    private readonly TempFolder _eu = new();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _default.Dispose();
        _eu.Dispose();
    }

    private protected override Task<IngestServer> StartAsync((string Name, string Value)[] settings) =>
        IngestServer.StartAsync([.. settings, ("Trailgate:Data", _default.Path), ("Trailgate:Stores:eu:Data", _eu.Path)]);

    private protected override async Task<IReadOnlyList<(string Name, byte[] Bytes)>> ReadAllAsync(string store)
    {
        var folder = store == "eu" ? _eu.Path : _default.Path;
        var all = new List<(string Name, byte[] Bytes)>();
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            all.Add((Path.GetRelativePath(folder, file), await File.ReadAllBytesAsync(file)));
        }

        return all;
    }
}
