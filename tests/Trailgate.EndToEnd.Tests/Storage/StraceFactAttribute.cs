namespace Trailgate.EndToEnd.Tests.Storage;

/// <summary>A test that traces system calls with strace(1); skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class StraceFactAttribute : FactAttribute
{
    public StraceFactAttribute()
    {
        if (Locate() is null)
        {
            Skip = "strace is not installed (Debian: apt-get install strace).";
        }
    }

    /// <summary>The path of strace, or null.</summary>
    public static string? Locate() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(directory => Path.Combine(directory, "strace")).FirstOrDefault(File.Exists);
}
