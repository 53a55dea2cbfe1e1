using System.Reflection;
using Trailgate.Hosting;
using Route = Trailgate.Hosting.Route;

namespace Trailgate.Cli.Page;

/// <summary>
/// The page: the files of wwwroot/, which the build puts into the assembly, so that they are there wherever it is started.
/// </summary>
internal static class PageFiles
{
    private const string Folder = "page/";
    private const string Index = "index.html";

    /// <summary>Adds the routes of the page: one for each file, without a key, and <c>/</c> for the first.</summary>
    public static IServiceCollection AddPage(this IServiceCollection services)
    {
        foreach (var file in Read())
        {
            services.AddSingleton(new Route("GET", file.Path, Scopes.None, _ => file.WriteAsync));
        }

        return services;
    }

    private static IEnumerable<PageFile> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(static name => name.StartsWith(Folder, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!; // not null: it was listed
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            // On Windows the folder of a file is written with backslashes.
            var path = name[Folder.Length..].Replace('\\', '/');
            yield return new PageFile(path == Index ? "/" : $"/{path}", TypeOf(path), content);
        }
    }

    private static string TypeOf(string path) => Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"The page has a file of a kind that is not known: {other}."),
    };
}
