using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Trailgate.Storage;
using Trailgate.Tests.Storage;
using Trailgate.Tests.Support;

namespace Trailgate.Functions.Tests.Host;

/// <summary>The app over storage in memory that a test can make fail, with a clock that the test moves.</summary>
internal sealed class AppInMemory : IAsyncDisposable
{
    private readonly TempFolder _unused = new();
    private FunctionsApp _app = null!; // as below

    public ManualTimeProvider Time { get; private init; } = null!; // StartAsync is the only way to make one

    public MemoryBlobStore Store { get; } = new();

    public MemoryMessageQueue Queue { get; private init; } = null!; // as above

    public LogLines Log { get; } = new();

    public HttpClient Client { get; } = new();

    public FunctionInvoker Functions => _app.Functions;

    public static async Task<AppInMemory> StartAsync(params (string Name, string Value)[] settings)
    {
        var time = new ManualTimeProvider();
        var world = new AppInMemory { Time = time, Queue = new MemoryMessageQueue(time) };
        world._app = await FunctionsApp.StartAsync([.. settings, ("Trailgate:Data", world._unused.Path)], services =>
        {
            services.AddSingleton<TimeProvider>(world.Time);
            services.AddSingleton<IBlobStore>(world.Store);
            services.AddSingleton<IMessageQueue>(world.Queue);
            services.AddSingleton<ILoggerProvider>(world.Log);
        });
        world.Client.BaseAddress = world._app.Url;
        return world;
    }

    public IEnumerable<string> Paths(string container) => Store.Blobs.Where(blob => blob.Key.Container == container).Select(blob => blob.Key.Path);

    public async Task<int> PostAsync(string body)
    {
        using var content = new StringContent(body, null, "application/json");
        using var answer = await Client.PostAsync(new Uri("/api/events", UriKind.Relative), content);
        return (int)answer.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        _unused.Dispose();
    }
}
