using System.Text.RegularExpressions;
using Trailgate.Functions.Tests.Host;
using Trailgate.Hosting;
using Trailgate.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace Trailgate.Functions.Tests.Infra;

/// <summary>The workflows of GitHub against the repository: they name what is there, and may do no more than they must.</summary>
public sealed partial class WorkflowTests
{
    public static TheoryData<string> Workflows =>
        [.. Directory.EnumerateFiles(Repository.PathOf(".github/workflows")).Select(file => Path.GetRelativePath(SourceTree.Root, file))];

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Every_action_is_pinned_to_a_commit_or_is_a_file_of_this_repository(string file)
    {
        var uses = Uses(YamlFile.Read(file)).ToList();

        Assert.NotEmpty(uses);
        Assert.All(uses, action => Assert.True(
            action.StartsWith("./", StringComparison.Ordinal) ? File.Exists(Repository.PathOf(action)) : Pinned().IsMatch(action), action));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Nothing_is_permitted_but_reading_and_the_token_of_the_deployment(string file)
    {
        var workflow = YamlFile.Read(file);

        Assert.Empty(workflow.Members("permissions"));
        Assert.Equal(YamlNodeType.Mapping, workflow.At("permissions")?.NodeType);
        var permitted = workflow.Members("jobs").SelectMany(job => job.Value.Members("permissions").Select(permission => $"{job.Name} {permission.Name}: {((YamlScalarNode)permission.Value).Value}"));
        Assert.All(permitted, permission => Assert.True(
            permission.EndsWith(" contents: read", StringComparison.Ordinal) || permission == "deploy id-token: write", permission));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Every_file_that_a_step_names_is_there(string file)
    {
        var named = Steps(YamlFile.Read(file)).SelectMany(step => PathOf().Matches(step)).Select(match => match.Value).Distinct().ToList();

        Assert.All(named, path => Assert.True(Path.Exists(Repository.PathOf(path)), path));
    }

    [Fact]
    public void The_build_runs_what_a_developer_runs_and_builds_the_Functions_app()
    {
        var steps = Steps(YamlFile.Read(".github/workflows/build.yml")).ToList();

        Assert.Contains(".ci/run", steps);
        Assert.Contains(steps, step => step.StartsWith("dotnet publish src/Trailgate.Functions/Trailgate.Functions.csproj ", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Every_route_that_a_step_asks_is_open(string file) =>
        Assert.All(
            Steps(YamlFile.Read(file)).SelectMany(step => RouteOf().Matches(step)).Select(match => match.Value),
            path => Assert.Contains(RouteTable.All, route => route.Pattern == path && route.Method == "GET" && route.Scope == Scopes.None));

    [Fact]
    public void Every_environment_has_parameters_and_every_variable_that_they_read()
    {
        var deploy = YamlFile.Read(".github/workflows/deploy.yml");
        var given = deploy.Members("jobs/deploy/env").Select(variable => variable.Name).ToList();

        var environments = deploy.Items("on/workflow_dispatch/inputs/environment/options").Select(option => ((YamlScalarNode)option).Value!).ToList();

        Assert.Equal(["dev", "prod"], environments);
        Assert.All(environments, environment => Assert.Empty(
            VariableOf().Matches(Repository.Read($"infra/{environment}.bicepparam")).Select(match => match.Groups["name"].Value).Except(given)));
    }

    private static IEnumerable<string> Uses(YamlNode workflow) => workflow.Members("jobs").SelectMany(job =>
        job.Value.Items("steps").Append(job.Value).Where(node => node.At("uses") is not null).Select(node => node.Text("uses")));

    private static IEnumerable<string> Steps(YamlNode workflow) => workflow.Members("jobs").SelectMany(job =>
        job.Value.Items("steps").Where(step => step.At("run") is not null).Select(step => step.Text("run").Trim()));

    [GeneratedRegex("^[A-Za-z-]+/[A-Za-z-]+@[0-9a-f]{40}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Pinned();

    [GeneratedRegex(@"(?<![\w/.-])(src|infra|tests|\.ci)/[\w./-]+", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex PathOf();

    [GeneratedRegex(@"/(api|health)/[a-z/]+", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex RouteOf();

    [GeneratedRegex(@"readEnvironmentVariable\('(?<name>\w+)'\)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex VariableOf();
}
