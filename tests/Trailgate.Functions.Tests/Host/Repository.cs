using Trailgate.Tests.Support;

namespace Trailgate.Functions.Tests.Host;

/// <summary>Files of the working copy.</summary>
internal static class Repository
{
    public static string Read(string path) => File.ReadAllText(PathOf(path));

    public static string PathOf(string path) => Path.Combine(SourceTree.Root, path);
}
