using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Trailgate.Alerts.Channels;
using Trailgate.Events;
using Trailgate.Functions.Tests.Host;
using Trailgate.Hosting;
using Trailgate.Storage;

namespace Trailgate.Functions.Tests.Infra;

/// <summary>The Bicep templates against the product: they compile, and what they name is what the product knows.</summary>
public sealed partial class TemplateTests
{
    [BicepFact]
    public void The_templates_compile_and_lint_without_a_warning()
    {
        Assert.Equal("", Bicep.Run("lint", Repository.PathOf("infra/main.bicep")));
        Assert.Equal(JsonValueKind.Object, Resource(Bicep.Module("app"), "Microsoft.Web/sites").ValueKind);
    }

    [BicepFact]
    public void Both_parameter_files_fit_the_template()
    {
        foreach (var file in Directory.EnumerateFiles(Repository.PathOf("infra"), "*.bicepparam"))
        {
            Assert.NotEqual(0, Bicep.Parameters(Path.GetFileName(file)).GetProperty("accessKeys").GetProperty("value").GetArrayLength());
        }
    }

    [BicepFact]
    public void Every_setting_of_the_app_is_one_that_the_product_knows()
    {
        var settings = SettingOf().Matches(Bicep.Main.GetRawText())
            .Select(match => match.Value.Replace("__", ":", StringComparison.Ordinal).Replace("{0}", "x", StringComparison.Ordinal))
            .Distinct()
            .SelectMany(setting => setting.EndsWith("{1}", StringComparison.Ordinal) ? ChannelSettings().Select(name => setting[..^3] + name) : [setting])
            .ToList();

        Assert.Contains("Trailgate:Keys:x:Hash", settings);
        Assert.Contains("Trailgate:Alerts:Channels:x:RoutingKey", settings);
        Assert.All(settings, setting => Assert.True(SettingNames.IsKnown(setting), $"{setting} is no setting."));
    }

    [BicepFact]
    public void A_channel_may_be_of_every_type_and_have_every_setting_that_says_where_and_how()
    {
        var channel = Bicep.Main.GetProperty("definitions").GetProperty("alertChannel").GetProperty("properties");

        Assert.Equal(ChannelType.All.Select(type => type.Name).Order(StringComparer.Ordinal), Texts(channel.GetProperty("type").GetProperty("allowedValues")).Order(StringComparer.Ordinal));
        Assert.Equal(
            SettingNames.All.Where(name => name.StartsWith("Trailgate:Alerts:Channels:{name}:", StringComparison.Ordinal)).Select(name => name.Split(':')[^1])
                .Except(["Type", "Insecure"]).Order(StringComparer.Ordinal),
            ChannelSettings().Order(StringComparer.Ordinal));
    }

    [BicepFact]
    public void Whatever_could_let_somebody_in_comes_from_the_vault()
    {
        var secrets = Texts(Bicep.Main.GetProperty("definitions").GetProperty("alertChannel").GetProperty("properties").GetProperty("secrets").GetProperty("allowedValues"));

        Assert.Superset(new HashSet<string> { "Url", "Secret", "RoutingKey", "AuthValue", "ApiKey" }, secrets.ToHashSet());
        Assert.Contains("@Microsoft.KeyVault(VaultName={0};SecretName={1})", Bicep.Main.GetRawText(), StringComparison.Ordinal);
    }

    [BicepFact]
    public void The_settings_of_the_hosts_account_are_read_by_the_product_too()
    {
        var parts = HostAccountOf().Matches(Bicep.Main.GetRawText()).Select(match => match.Groups["part"].Value).Distinct().ToList();

        Assert.Equal(["accountName", "clientId", "credential"], parts.Order(StringComparer.Ordinal));
        Assert.All(parts, part => Assert.NotNull(typeof(ConnectionOptions).GetProperty(part, BindingFlags.IgnoreCase | BindingFlags.Public | BindingFlags.Instance)));
    }

    [BicepFact]
    public void The_schedules_of_the_timers_are_set()
    {
        using var none = new ServiceCollection().BuildServiceProvider();
        using var functions = new FunctionInvoker(none);
        var schedules = functions.All.Select(function => function.Trigger).OfType<TimerTriggerAttribute>().Select(timer => timer.Schedule.Trim('%'));

        Assert.All(schedules, schedule =>
            Assert.Contains($"\"{schedule.Replace(":", "__", StringComparison.Ordinal)}\"", Bicep.Main.GetRawText(), StringComparison.Ordinal));
    }

    [BicepFact]
    public void Every_store_has_every_container_and_those_that_are_written_once_are_write_once()
    {
        foreach (var store in new[] { Bicep.Module("defaultStore"), Bicep.Module("stores") })
        {
            var variables = store.GetProperty("variables");
            var writeOnce = Texts(variables.GetProperty("writeOnce"));
            var all = writeOnce.Concat(Texts(variables.GetProperty("others"))).ToList();

            Assert.Empty(Containers.All.Except(all));
            Assert.Contains("views", all);
            Assert.Equal([Containers.Archive, Containers.Ledger], writeOnce.Order(StringComparer.Ordinal));
            var retention = Resource(store, "Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies");
            Assert.Contains("variables('writeOnce')[copyIndex()]", retention.GetProperty("name").GetString(), StringComparison.Ordinal);
            Assert.Equal("[length(variables('writeOnce'))]", retention.GetProperty("copy").GetProperty("count").GetString());
        }
    }

    [BicepFact]
    public void The_queues_are_those_that_the_functions_are_triggered_by()
    {
        using var none = new ServiceCollection().BuildServiceProvider();
        using var functions = new FunctionInvoker(none);

        Assert.Equal(
            functions.All.Select(function => function.Trigger).OfType<QueueTriggerAttribute>().Select(trigger => trigger.QueueName).Order(StringComparer.Ordinal),
            Texts(Bicep.Module("defaultStore").GetProperty("variables").GetProperty("queueNames")).Order(StringComparer.Ordinal));
    }

    [BicepFact]
    public void The_app_gets_these_rights_and_no_other()
    {
        // Of Azure's built-in roles: Storage Blob Data Owner and Contributor, Storage Queue Data Contributor, Key Vault
        // Secrets User. Whoever adds one argues for it here.
        string[] expected =
        [
            "4633458b-17de-408a-b874-0445c86b69e6",
            "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
            "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
            "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        ];

        Assert.Equal(expected, GuidOf().Matches(Bicep.Main.GetRawText()).Select(match => match.Value).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(
            "[if(parameters('isDefault'), createArray(variables('blobDataOwner'), variables('queueDataContributor')), createArray(variables('blobDataContributor')))]",
            Bicep.Module("stores").GetProperty("variables").GetProperty("roles").GetString());
    }

    [BicepFact]
    public void No_key_of_an_account_is_read_and_none_is_accepted()
    {
        Assert.DoesNotContain("listKeys", Bicep.Main.GetRawText(), StringComparison.OrdinalIgnoreCase);
        var account = Resource(Bicep.Module("stores"), "Microsoft.Storage/storageAccounts").GetProperty("properties");
        Assert.False(account.GetProperty("allowSharedKeyAccess").GetBoolean());
        Assert.False(account.GetProperty("allowBlobPublicAccess").GetBoolean());
    }

    [BicepFact]
    public void The_watched_texts_are_texts_of_the_code()
    {
        var sources = string.Concat(Directory.EnumerateFiles(Repository.PathOf("src/Trailgate"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));

        var watched = Bicep.Module("monitoring").GetProperty("variables").GetProperty("watched").EnumerateArray().Select(watch => watch.GetProperty("text").GetString()!).ToList();

        Assert.NotEmpty(watched);
        Assert.All(watched, text => Assert.Matches($"""LoggerMessage\(LogLevel\.Error, "{Regex.Escape(text)}""", sources));
    }

    [BicepFact]
    public void The_app_runs_on_the_framework_that_it_is_built_for()
    {
        var runtime = Resource(Bicep.Module("app"), "Microsoft.Web/sites").GetProperty("properties").GetProperty("functionAppConfig").GetProperty("runtime");

        Assert.Equal("dotnet-isolated", runtime.GetProperty("name").GetString());
        Assert.Contains($"<TargetFramework>net{runtime.GetProperty("version").GetString()}</TargetFramework>", Repository.Read("Directory.Build.props"), StringComparison.Ordinal);
    }

    [BicepFact]
    public void Residency_of_production_names_regions_and_stores_that_can_be()
    {
        var groups = Bicep.Parameters("prod.bicepparam").GetProperty("residency").GetProperty("value").EnumerateArray().ToList();

        Assert.NotEmpty(groups);
        var shipped = new RegionTable([]);
        Assert.All(groups.SelectMany(group => Texts(group.GetProperty("regions"))), region =>
            Assert.True(shipped.TryResolve(System.Text.Encoding.ASCII.GetBytes(region), inCrn: false, out var known) && known.Name == region, region));
    }

    [BicepFact]
    public void Keys_of_the_parameter_files_have_scopes_that_there_are() =>
        Assert.All(
            new[] { "dev.bicepparam", "prod.bicepparam" }.SelectMany(file => Bicep.Parameters(file).GetProperty("accessKeys").GetProperty("value").EnumerateArray()),
            key => Assert.True(ScopesText.TryParse(key.GetProperty("scopes").GetString(), out _)));

    private static IEnumerable<string> ChannelSettings()
    {
        var channel = Bicep.Main.GetProperty("definitions").GetProperty("alertChannel").GetProperty("properties");
        return Texts(channel.GetProperty("secrets").GetProperty("allowedValues"))
            .Concat(channel.GetProperty("settings").GetProperty("properties").EnumerateObject().Select(property => property.Name));
    }

    private static JsonElement Resource(JsonElement template, string type) =>
        template.GetProperty("resources").EnumerateArray().Single(resource => resource.GetProperty("type").GetString() == type);

    private static IEnumerable<string> Texts(JsonElement array) => array.EnumerateArray().Select(item => item.GetString()!);

    [GeneratedRegex(@"Trailgate(__([A-Za-z0-9]+|\{[01]\}))+", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex SettingOf();

    [GeneratedRegex("AzureWebJobsStorage__(?<part>[A-Za-z]+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex HostAccountOf();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex GuidOf();
}
