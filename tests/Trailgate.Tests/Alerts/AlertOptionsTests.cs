using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Trailgate.Alerts;
using Trailgate.Alerts.Channels;
using Trailgate.Alerts.Delivery;
using Trailgate.Alerts.Rules;
using Trailgate.Hosting;
using Trailgate.Storage;
using Trailgate.Tests.Storage;

namespace Trailgate.Tests.Alerts;

public sealed class AlertOptionsTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Fact]
    public void Without_settings_both_rules_are_on_and_there_is_no_channel()
    {
        var options = Read([]);

        Assert.Empty(options.Channels);
        Assert.Equal(["delete", "failure"], On(options));
    }

    [Fact]
    public void A_channel_and_a_rule_are_read_by_name()
    {
        var options = Read(new()
        {
            ["Rules:failure"] = "false",
            ["Channels:ops:Type"] = "webhook",
            ["Channels:ops:Url"] = "https://example.com/hooks",
            ["Channels:ops:Secret"] = Secret,
        });

        Assert.Equal(["delete"], On(options));
        Assert.Equal("https://example.com/hooks", options.Channels["ops"].Url);
    }

    [Fact]
    public void All_faults_are_reported_at_once_by_their_full_names_and_without_values()
    {
        var faults = Faults(new()
        {
            ["PollInterval"] = "00:02:00",
            ["Lease"] = "00:01:00",
            ["Concurrency"] = "0",
            ["Rules:deleted"] = "true",
            ["Rules:pipeline"] = "false",
            ["RulesInterval"] = "00:00:00",
            ["Channels:OPS:Type"] = "webhook",
            ["Channels:OPS:Url"] = "https://example.com/",
            ["Channels:OPS:Secret"] = Secret,
            ["Channels:chat:Type"] = "pigeon",
            ["Channels:chat:Url"] = "http://example.com/s3cr3t",
            ["Channels:chat:Secret"] = "s3cr3t",
        });

        string[] expected =
            [
                "Trailgate:Alerts:PollInterval must be between 00:00:01 and 00:01:00.",
                "Trailgate:Alerts:Lease must be between 00:03:00 and 1.00:00:00.",
                "Trailgate:Alerts:Concurrency must be between 1 and 16.",
                "Trailgate:Alerts:RulesInterval must be between 00:00:01 and 01:00:00.",
                "Trailgate:Alerts:Rules:deleted is no known rule. Known are: delete, failure, unauthorized, credential, many-failures, unresolved, audit-disabled.",
                "Trailgate:Alerts:Rules:pipeline can not be set: Trailgate always tells about its own failures, and of silence where it is set to expect something.",
                "Trailgate:Alerts:Channels:OPS: a channel's name has 1 to 40 lower-case letters, digits and hyphens.",
                "Trailgate:Alerts:Channels:chat:Type must be one of: webhook, slack, teams, pagerduty, cloudevents, ibm-event-notifications.",
                "Trailgate:Alerts:Channels:chat:Url must be https, unless Insecure is true.",
            ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), faults.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("webhook", "Secret must be whsec_ and the Base64 of 24 to 64 bytes; several are split by a space or a comma.")]
    [InlineData("slack", "RoutingKey is no setting of a channel of type slack.", "RoutingKey=0123456789abcdef0123456789abcdef")]
    [InlineData("teams", "Secret is no setting of a channel of type teams.", "Secret=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("pagerduty", "RoutingKey must be the 32 letters and digits of an Events API v2 integration.", "RoutingKey=s3cr3t")]
    [InlineData("cloudevents", "Mode must be structured or binary.", "Mode=batched")]
    [InlineData("cloudevents", "AuthHeader must be the name of a header that is free, such as aeg-sas-key.", "AuthHeader=Host", "AuthValue=x")]
    [InlineData("cloudevents", "AuthValue must be set where AuthHeader is.", "AuthHeader=aeg-sas-key")]
    [InlineData("cloudevents", "AuthValue must be printable ASCII.", "AuthValue=s3cr\u00e9t")]
    [InlineData("cloudevents", "Source must be a URI reference of at most 200 characters.", "Source=two words")]
    [InlineData("ibm-event-notifications", "ApiKey must be an API key of IBM Cloud.", "SourceId=a:api")]
    [InlineData("ibm-event-notifications", "SourceId must be the id of an API source of the instance.", "ApiKey=k3y")]
    [InlineData("ibm-event-notifications", "TokenUrl must be https, unless Insecure is true.", "ApiKey=k3y", "SourceId=a:api", "TokenUrl=http://example.com/")]
    public void Each_type_has_settings_of_its_own(string type, string fault, params string[] settings)
    {
        var channel = new Dictionary<string, string?> { ["Channels:ops:Type"] = type, ["Channels:ops:Url"] = "https://example.com/" };
        foreach (var setting in settings)
        {
            var (name, value) = (setting[..setting.IndexOf('=', StringComparison.Ordinal)], setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            channel[$"Channels:ops:{name}"] = value;
        }

        Assert.Equal([$"Trailgate:Alerts:Channels:ops:{fault}"], Faults(channel));
    }

    [Fact]
    public void PagerDuty_needs_no_address_and_the_others_do()
    {
        var channel = new Dictionary<string, string?> { ["Channels:ops:Type"] = "pagerduty", ["Channels:ops:RoutingKey"] = "0123456789abcdef0123456789abcdef" };
        using var made = AlertChannel.Create("ops", Read(channel).Channels["ops"], page: null, TimeProvider.System);

        Assert.Equal("pagerduty", made.Type);
        Assert.Equal(["Trailgate:Alerts:Channels:ops:Url must be an absolute https address."], Faults(new() { ["Channels:ops:Type"] = "slack" }));
    }

    [Theory]
    [InlineData("page")]
    [InlineData("ftp://example.com/")]
    [InlineData("https://example.com/?x=1")]
    public void The_address_of_the_page_is_checked(string link) => Assert.Equal(
        ["Trailgate:Alerts:Link must be an absolute http or https address without user name, query and fragment."], Faults(new() { ["Link"] = link }));

    [Theory]
    [InlineData("https://127.0.0.1/", "must not be a private address, unless Insecure is true.")]
    [InlineData("https://localhost/", "must not be a private address, unless Insecure is true.")]
    [InlineData("https://[::ffff:10.0.0.1]/", "must not be a private address, unless Insecure is true.")]
    [InlineData("https://169.254.169.254/", "must not be a private address, unless Insecure is true.")]
    [InlineData("https://user:pass@example.com/", "must have neither a user name nor a fragment.")]
    [InlineData("ftp://example.com/", "must be an absolute https address.")]
    [InlineData("/hooks", "must be an absolute https address.")]
    [InlineData("", "must be an absolute https address.")]
    public void An_address_that_is_no_public_https_address_stops_the_start(string url, string fault) =>
        Assert.Equal([$"Trailgate:Alerts:Channels:ops:Url {fault}"], Faults(Webhook(url, insecure: false)));

    [Theory]
    [InlineData("http://127.0.0.1:8080/")]
    [InlineData("http://example.com/")]
    [InlineData("https://10.0.0.1/")]
    public void Insecure_permits_http_and_private_addresses(string url) =>
        Assert.Equal(url, Read(Webhook(url, insecure: true)).Channels["ops"].Url);

    [Fact]
    public async Task Registration_gives_a_dispatcher_and_a_delivery_with_the_configured_channels()
    {
        var world = new AlertWorld();
        await using var services = Services(Webhook("https://example.com/", insecure: false))
            .AddSingleton(world.Stores)
            .AddSingleton<IMessageQueue>(world.Queue)
            .AddSingleton<TimeProvider>(world.Time)
            .BuildServiceProvider();

        Assert.NotNull(services.GetRequiredService<AlertDispatcher>());
        Assert.NotNull(services.GetRequiredService<AlertDelivery>());
        Assert.Equal("ops", Assert.Single(services.GetRequiredService<AlertChannels>().All).Name);
    }

    private static Dictionary<string, string?> Webhook(string url, bool insecure) => new()
    {
        ["Channels:ops:Type"] = "webhook",
        ["Channels:ops:Url"] = url,
        ["Channels:ops:Secret"] = Secret,
        ["Channels:ops:Insecure"] = insecure ? "true" : "false",
    };

    private static IServiceCollection Services(Dictionary<string, string?> settings) => new ServiceCollection()
        .AddLogging()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create($"Trailgate:Alerts:{pair.Key}", pair.Value)))
            .Build())
        .AddOptions<AlertOptions>().BindReadable(AlertOptions.Section).ValidateOnStart().Services
        .AddAlerts();

    private static IEnumerable<string> On(AlertOptions options)
    {
        var source = new RuleSource(options, new MemoryBlobStore());
        return ActiveRules.Open(source, TimeProvider.System, NullLogger<ActiveRules>.Instance).Current.Rules.Select(rule => rule.Name);
    }

    private static AlertOptions Read(Dictionary<string, string?> settings)
    {
        using var services = Services(settings).BuildServiceProvider();
        return services.GetRequiredService<IOptions<AlertOptions>>().Value;
    }

    private static IEnumerable<string> Faults(Dictionary<string, string?> settings) =>
        Assert.Throws<OptionsValidationException>(() => Read(settings)).Failures;
}
