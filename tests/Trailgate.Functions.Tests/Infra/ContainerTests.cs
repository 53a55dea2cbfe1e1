using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Xml.Linq;
using Trailgate.Functions.Tests.Host;
using Trailgate.Hosting;
using Trailgate.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace Trailgate.Functions.Tests.Infra;

/// <summary>The container image and the Knative service against the repository. No Docker daemon is asked.</summary>
public sealed class ContainerTests
{
    private const string Cli = "src/Trailgate.Cli/Trailgate.Cli.csproj";

    private static readonly string[] Dockerfile = Repository.Read("infra/Dockerfile").ReplaceLineEndings("\n").Replace("\\\n", " ", StringComparison.Ordinal).Split('\n');

    [Fact]
    public void Everything_that_the_image_copies_is_there()
    {
        var sources = Dockerfile.Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..^1]).ToList();

        Assert.NotEmpty(sources);
        Assert.All(sources, source => Assert.True(Path.Exists(Repository.PathOf(source)), source));
    }

    [Fact]
    public void The_image_copies_every_project_that_the_command_needs_and_what_every_build_reads()
    {
        Assert.All(ProjectsOf(Cli), project => Assert.Contains(Dockerfile, line => line.StartsWith($"COPY {Path.GetDirectoryName(project)}/", StringComparison.Ordinal)));
        Assert.Contains(Dockerfile, line => line.StartsWith("RUN dotnet publish " + Cli, StringComparison.Ordinal));
        var rootFiles = Directory.EnumerateFiles(SourceTree.Root, "Directory.*").Select(Path.GetFileName).Concat(["global.json", ".editorconfig", "BannedSymbols.txt"]);
        Assert.All(rootFiles, file => Assert.Contains(Dockerfile, line => line.StartsWith("COPY ", StringComparison.Ordinal) && line.Split(' ').Contains(file)));
    }

    [Fact]
    public void The_image_is_built_and_run_by_the_frameworks_version()
    {
        using var sdk = JsonDocument.Parse(Repository.Read("global.json"));
        var version = Version.Parse(sdk.RootElement.GetProperty("sdk").GetProperty("version").GetString()!);

        var images = Dockerfile.Where(line => line.StartsWith("FROM ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1]).ToList();

        Assert.Equal([$"mcr.microsoft.com/dotnet/sdk:{version.ToString(2)}", $"mcr.microsoft.com/dotnet/aspnet:{version.ToString(2)}"], images);
    }

    [Fact]
    public void The_image_runs_without_root_and_starts_the_command()
    {
        var run = Dockerfile[Array.FindLastIndex(Dockerfile, line => line.StartsWith("FROM ", StringComparison.Ordinal))..];

        Assert.Equal("USER $APP_UID", Assert.Single(run, line => line.StartsWith("USER ", StringComparison.Ordinal)));
        var name = XDocument.Load(Repository.PathOf(Cli)).Descendants("AssemblyName").Single().Value;
        Assert.Contains($"ENTRYPOINT [\"/app/{name}\"]", run);
        Assert.Contains(run, line => line.StartsWith("CMD [\"serve\", \"--urls\", \"http://0.0.0.0:8080\"", StringComparison.Ordinal));
        Assert.Contains("EXPOSE 8080", run);
        Assert.All(EnvOf(run), setting => Assert.True(SettingNames.IsKnown(setting), setting));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task The_health_check_of_the_image_says_whether_the_server_is_alive(bool alive, bool healthy)
    {
        if (!File.Exists("/usr/bin/bash") && !File.Exists("/bin/bash"))
        {
            return; // the image has bash; this machine need not
        }

        var command = HealthCheck();
        Assert.Equal("bash", command[0]);
        await using var app = await AppInMemory.StartAsync();
        var port = alive ? app.Client.BaseAddress!.Port : ClosedPort();

        Assert.Equal(healthy, await ExitCodeAsync(command, port) == 0);
    }

    [Fact]
    public async Task The_health_check_of_the_image_does_not_take_an_error_for_health()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerOnceAsync(listener, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        var code = await ExitCodeAsync(HealthCheck(), ((IPEndPoint)listener.LocalEndpoint).Port);

        await answering;
        Assert.NotEqual(0, code);
    }

    [Fact]
    public void The_service_asks_probes_that_are_open_and_listens_where_the_image_does()
    {
        var container = Service().At("spec/template/spec/containers/0");

        Assert.Equal("8080", container.Text("ports/0/containerPort"));
        Assert.Equal(["serve", "--urls", "http://0.0.0.0:8080"], container.Items("args").Select(item => ((YamlScalarNode)item).Value));
        Assert.All(new[] { "readinessProbe", "livenessProbe" }, probe =>
            Assert.Contains(RouteTable.All, route => route.Pattern == container.Text($"{probe}/httpGet/path") && route.Scope == Scopes.None));
    }

    [Fact]
    public void The_service_sets_only_what_the_product_knows()
    {
        var names = Service().Items("spec/template/spec/containers/0/env").Select(item => item.Text("name"))
            .Where(name => !name.StartsWith("DOTNET_", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.True(SettingNames.IsKnown(name.Replace("__", ":", StringComparison.Ordinal)), name));
    }

    [Fact]
    public void The_service_never_sleeps_because_runs_and_alerts_go_on_between_requests_and_has_no_root()
    {
        var template = Service().At("spec/template");

        var minScale = template.Members("metadata/annotations").Single(annotation => annotation.Name == "autoscaling.knative.dev/min-scale").Value;
        Assert.True(int.Parse(((YamlScalarNode)minScale).Value!) >= 1);
        Assert.Equal("true", template.Text("spec/containers/0/securityContext/runAsNonRoot"));
        Assert.Equal("false", template.Text("spec/containers/0/securityContext/allowPrivilegeEscalation"));
    }

    private static YamlNode Service() => YamlFile.Read("infra/knative/service.yaml");

    private static string[] HealthCheck()
    {
        var line = Dockerfile.Single(line => line.StartsWith("HEALTHCHECK ", StringComparison.Ordinal));
        return JsonSerializer.Deserialize<string[]>(line[(line.IndexOf("CMD ", StringComparison.Ordinal) + 4)..])!;
    }

    private static async Task<int> ExitCodeAsync(string[] command, int port)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..].Select(part => part.Replace("8080", $"{port}", StringComparison.Ordinal)))
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private static async Task AnswerOnceAsync(TcpListener listener, string answer)
    {
        using var client = await listener.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        await stream.ReadExactlyAsync(new byte[16]);
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer));
    }

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static IEnumerable<string> EnvOf(string[] lines) => lines
        .Where(line => line.StartsWith("ENV ", StringComparison.Ordinal))
        .Select(line => line[4..].Split('=')[0].Replace("__", ":", StringComparison.Ordinal));

    private static HashSet<string> ProjectsOf(string project)
    {
        var all = new HashSet<string>(StringComparer.Ordinal) { project };
        foreach (var reference in XDocument.Load(Repository.PathOf(project)).Descendants("ProjectReference"))
        {
            var path = Path.Combine(Path.GetDirectoryName(project)!, reference.Attribute("Include")!.Value);
            all.UnionWith(ProjectsOf(Path.GetRelativePath(SourceTree.Root, Path.GetFullPath(Repository.PathOf(path)))));
        }

        return all;
    }
}
