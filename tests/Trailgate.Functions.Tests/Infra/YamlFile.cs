using Trailgate.Functions.Tests.Host;
using YamlDotNet.RepresentationModel;

namespace Trailgate.Functions.Tests.Infra;

/// <summary>A YAML file of the repository, read by its structure.</summary>
internal static class YamlFile
{
    public static YamlNode Read(string path)
    {
        var yaml = new YamlStream();
        using var text = new StringReader(Repository.Read(path));
        yaml.Load(text);
        return Assert.Single(yaml.Documents).RootNode;
    }

    /// <summary>The node below the names and numbers of a path, such as <c>jobs/test/steps/0</c>; null when there is none.</summary>
    public static YamlNode? At(this YamlNode? node, string path) => path.Split('/').Aggregate(node, (current, part) => current switch
    {
        YamlMappingNode map => map.Children.TryGetValue(new YamlScalarNode(part), out var child) ? child : null,
        YamlSequenceNode list => int.TryParse(part, out var index) && index < list.Children.Count ? list.Children[index] : null,
        _ => null,
    });

    public static string Text(this YamlNode? node, string path) =>
        node.At(path) is YamlScalarNode { Value: { } value } ? value : throw new KeyNotFoundException(path);

    public static IEnumerable<YamlNode> Items(this YamlNode? node, string path) =>
        node.At(path) is YamlSequenceNode list ? list.Children : [];

    public static IEnumerable<(string Name, YamlNode Value)> Members(this YamlNode? node, string path) =>
        node.At(path) is YamlMappingNode map ? map.Children.Select(pair => (((YamlScalarNode)pair.Key).Value!, pair.Value)) : [];
}
