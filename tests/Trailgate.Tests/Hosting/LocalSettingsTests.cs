using System.Text;
using Microsoft.Extensions.Configuration;
using Trailgate.Hosting;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Hosting;

public sealed class LocalSettingsTests
{
    [Fact]
    public void Double_underscores_in_names_split_sections()
    {
        var settings = Read("""{"IsEncrypted":false,"Values":{"Trailgate__Archive__Schedule":"0 */5 * * * *","AzureWebJobsStorage":""}}""");

        Assert.Equal("0 */5 * * * *", settings["trailgate:archive:schedule"]);
        Assert.Equal("", settings["AzureWebJobsStorage"]);
    }

    [Fact]
    public void Numbers_and_truth_values_are_taken_as_they_are_written()
    {
        var settings = Read("""{"Values":{"A":1024,"B":true,"C":null}}""");

        Assert.Equal(("1024", "true", null), (settings["A"], settings["B"], settings["C"]));
    }

    [Fact]
    public void Comments_trailing_commas_and_a_byte_order_mark_do_not_matter()
    {
        var settings = Read("\uFEFF// mine\n{\"Values\":{\"A\":\"x\",},}");

        Assert.Equal("x", settings["A"]);
    }

    [Fact]
    public void A_file_without_values_sets_nothing() => Assert.Empty(Read("""{"Host":{"LocalHttpPort":7071}}"""));

    [Theory]
    [InlineData("""{"IsEncrypted":true,"Values":{}}""", "encrypted")]
    [InlineData("""{"Values":{"A":{"B":"c"}}}""", "Values:A")]
    [InlineData("""{"Values":[]}""", "Values must be an object")]
    [InlineData("[]", "one JSON object")]
    [InlineData("{\n\"Values\":{", "line 2")]
    public void A_file_that_can_not_be_used_is_refused_with_the_reason(string json, string named)
    {
        var refused = Assert.Throws<InvalidDataException>(() => Read(json));

        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        Assert.Contains("local.settings.json", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_is_read_from_the_directory_and_may_be_missing()
    {
        using var folder = new TempFolder();
        Assert.Empty(new ConfigurationBuilder().AddLocalSettings(folder.Path).Build().AsEnumerable());

        File.WriteAllText(Path.Combine(folder.Path, "local.settings.json"), """{"Values":{"Trailgate__Data":"/somewhere"}}""");

        Assert.Equal("/somewhere", new ConfigurationBuilder().AddLocalSettings(folder.Path).Build()["Trailgate:Data"]);
    }

    private static Dictionary<string, string?> Read(string json) => LocalSettings.Read(Encoding.UTF8.GetBytes(json));
}
