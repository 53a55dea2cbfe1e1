namespace Trailgate.Tests.Support;

/// <summary>Vector files that lie in a folder <c>shared</c> next to the working copy, for those who have it.</summary>
internal static class SharedVectors
{
    /// <summary>The path of a vector file; null when the folder is not there. <c>TRAILGATE_SHARED</c> may name it.</summary>
    public static string? Find(string name)
    {
        var named = Environment.GetEnvironmentVariable("TRAILGATE_SHARED");
        if (named is not null)
        {
            return Path.Combine(named, "specs", "vectors", name);
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", "specs", "vectors", name);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }
}
