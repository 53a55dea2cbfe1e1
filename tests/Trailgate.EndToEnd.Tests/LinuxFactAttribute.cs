namespace Trailgate.EndToEnd.Tests;

/// <summary>A test of what only Linux lets one do to a running process; skipped, with the reason, elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "prlimit(2) is on Linux only.";
        }
    }
}
