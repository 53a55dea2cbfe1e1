using Azure.Core;
using Azure.Core.Pipeline;

namespace Trailgate.Azure;

/// <summary>
/// Counts how often the client sent a request. A conditional write that is refused at its first try lost against another
/// writer; at a later one it may have met itself, because the answer to an earlier try was lost.
/// </summary>
internal sealed class TryCounter
{
    private const string Key = "Trailgate.TryCounter";

    private int _tries;

    /// <summary>What counts; to be added to the client's pipeline for each try.</summary>
    public static HttpPipelinePolicy Policy { get; } = new CountingPolicy();

    /// <summary>Whether a request was sent more than once.</summary>
    public bool Repeated => _tries > 1;

    /// <summary>Counts the requests that are sent until the scope is disposed, on this flow of control.</summary>
    public IDisposable Begin() => HttpPipeline.CreateHttpMessagePropertiesScope(new Dictionary<string, object?>(StringComparer.Ordinal) { [Key] = this });

    private sealed class CountingPolicy : HttpPipelineSynchronousPolicy
    {
        public override void OnSendingRequest(HttpMessage message)
        {
            if (message.TryGetProperty(Key, out var value) && value is TryCounter counter)
            {
                Interlocked.Increment(ref counter._tries);
            }
        }
    }
}
