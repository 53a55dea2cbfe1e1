using System.Net;
using System.Net.Http.Headers;
using Trailgate.Events;
using Trailgate.Hosting;

namespace Trailgate.Cli.Demo;

/// <summary>Sends the demo's events to the server over real HTTP, with some sent twice as networks do.</summary>
internal sealed class DemoTraffic(Uri server, string? key, TimeProvider time, TextWriter output)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(5);

    private readonly DemoScript _script = new(new Random());
    private readonly Random _random = new();

    /// <summary>Sends until the token says so. What is under way then is finished: the server answers all that it accepted.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromSeconds(30) };
        if (key is not null)
        {
            client.DefaultRequestHeaders.Add(AccessKeys.KeyHeader, key);
        }

        var (sent, copies, large, stories) = (0, 0, 0, 0);
        var tellAt = CodeEngineActions.All.Count;
        while (!cancellationToken.IsCancellationRequested)
        {
            var accepted = true;
            foreach (var happened in _script.Next(time.GetUtcNow()))
            {
                if (cancellationToken.IsCancellationRequested)
                {
                    return;
                }

                var body = happened.ToJson();
                var copy = _random.Next(20) == 0;
                accepted = await SendAsync(client, body) && (!copy || await SendAsync(client, body)) && accepted;
                sent += copy ? 2 : 1;
                copies += copy ? 1 : 0;
                large += happened.Oversized ? 1 : 0;
            }

            if (++stories == tellAt)
            {
                await output.WriteLineAsync($"Demo: {sent} events sent, {copies} of them copies and {large} over the limit; each of the {CodeEngineActions.All.Count} actions occurred.");
                tellAt *= 4;
            }

            await WaitAsync(accepted, stories, cancellationToken);
        }
    }

    private Task WaitAsync(bool accepted, int stories, CancellationToken cancellationToken)
    {
        // Quick at first, so that there is something to look at; then steady.
        var steady = stories < CodeEngineActions.All.Count ? FirstPause : Pause;
        return Task.Delay(accepted ? steady : PauseAfterFailure, time, cancellationToken)
            .ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task<bool> SendAsync(HttpClient client, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            using var response = await client.PostAsync(new Uri("/api/events", UriKind.Relative), content, CancellationToken.None);
            if (response.StatusCode == HttpStatusCode.Accepted)
            {
                return true;
            }

            await output.WriteLineAsync($"Demo: an event was answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(CancellationToken.None)}");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            await output.WriteLineAsync($"Demo: an event could not be sent: {e.Message}");
        }

        return false;
    }
}
