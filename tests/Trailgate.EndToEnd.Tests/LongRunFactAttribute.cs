using Trailgate.EndToEnd.Tests.Processes;

namespace Trailgate.EndToEnd.Tests;

/// <summary>A test that takes minutes, because it waits for a lease; skipped, with the reason, in a short run.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongRunFactAttribute : FactAttribute
{
    public LongRunFactAttribute()
    {
        if (!LongRun.IsAsked)
        {
            Skip = "It takes minutes: set TRAILGATE_KILLS to run it.";
        }
    }
}
