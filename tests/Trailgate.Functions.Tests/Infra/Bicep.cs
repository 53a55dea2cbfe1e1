using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Trailgate.Functions.Tests.Host;
using Trailgate.Tests.Support;

namespace Trailgate.Functions.Tests.Infra;

/// <summary>The templates of infra/, compiled once.</summary>
internal static class Bicep
{
    private static readonly Lazy<JsonElement> Compiled = new(() => Compile("main.bicep", "build"));

    /// <summary>The compiler; null where it is not to be had.</summary>
    public static string? Compiler { get; } =
        typeof(Bicep).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(metadata => metadata.Key == "Bicep")?.Value;

    /// <summary>The template that Azure would get, with its modules inside.</summary>
    public static JsonElement Main => Compiled.Value;

    /// <summary>The template of a module, by the symbol that main.bicep gives it.</summary>
    public static JsonElement Module(string symbol) =>
        Main.GetProperty("resources").GetProperty(symbol).GetProperty("properties").GetProperty("template");

    /// <summary>The parameters of a file, as Azure would get them.</summary>
    public static JsonElement Parameters(string file) => Compile(file, "build-params").GetProperty("parameters");

    private static JsonElement Compile(string file, string command)
    {
        using var folder = new TempFolder();
        var output = folder.Combine("out.json");
        var said = Run(command, Repository.PathOf($"infra/{file}"), "--outfile", output);
        Assert.True(said.Length == 0, $"bicep {command} {file}: {said}");
        using var document = JsonDocument.Parse(File.ReadAllBytes(output));
        return document.RootElement.Clone();
    }

    /// <summary>Runs the compiler and returns all that it says: warnings and errors.</summary>
    public static string Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Compiler!, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        // What the parameter files read from the environment of whoever deploys.
        start.Environment["TRAILGATE_SENDER_HASH"] = start.Environment["TRAILGATE_AUDITOR_HASH"] = "sha256:" + new string('0', 64);
        start.Environment["TRAILGATE_OPERATOR_EMAIL"] = "operator@example.com";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (output + error.GetAwaiter().GetResult()).Trim();
    }
}
