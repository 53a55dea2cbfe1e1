using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Trailgate.Azure;
using Trailgate.Hosting;
using Trailgate.Storage;
using Trailgate.Tests.Azurite;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Azure;

public sealed class AzureServicesTests(TestAzurite azurite) : IClassFixture<TestAzurite>
{
    private const string Text = "DefaultEndpointsProtocol=https;AccountName=evidence;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net";

    [Fact]
    public async Task Without_a_connection_the_file_store_is_used()
    {
        using var folder = new TempFolder();
        await using var services = Build(("Trailgate:Data", folder.Combine("data")), ("Trailgate:Connection", ""), ("Trailgate:Connection:AccountName", ""));

        Assert.IsType<FileBlobStore>(services.GetRequiredService<IBlobStore>());
        Assert.IsType<FileMessageQueue>(services.GetRequiredService<IMessageQueue>());
    }

    [Theory]
    [InlineData("https://evidence.blob.core.windows.net/", "Trailgate:Connection", Text)]
    [InlineData("https://evidence.blob.core.windows.net/", "Trailgate:Connection:AccountName", "evidence")]
    [InlineData("https://evidence.blob.core.windows.net/", "AzureWebJobsStorage", Text)]
    [InlineData("https://evidence.blob.core.windows.net/", "AzureWebJobsStorage:accountName", "evidence")]
    public async Task A_connection_names_its_account(string account, string setting, string value)
    {
        await using var services = Build((setting, value));
        services.GetRequiredService<IStartupValidator>().Validate();

        Assert.Equal(account, AccountOf(services));
    }

    [Fact]
    public async Task Stores_queue_and_containers_are_made_on_the_accounts_that_are_configured()
    {
        using var folder = new TempFolder();
        await using var services = Build(
            ("Trailgate:Connection", azurite.TakeConnection()),
            ("Trailgate:Stores:eu:Connection", azurite.TakeConnection()),
            ("Trailgate:Stores:ch:Data", folder.Combine("ch")));
        services.GetRequiredService<IStartupValidator>().Validate();

        var stores = services.GetRequiredService<Stores>();

        Assert.IsType<AzureBlobStore>(stores.Default.Blobs);
        Assert.IsType<AzureBlobStore>(stores.Find("eu")!.Blobs);
        Assert.IsType<FileBlobStore>(stores.Find("ch")!.Blobs);
        Assert.NotEqual(stores.Default.Blobs.ToString(), stores.Find("eu")!.Blobs.ToString());
        Assert.Null(await stores.Find("eu")!.Blobs.ReadAsync(new BlobName(Containers.Ledger, "none"), CancellationToken.None));
        var queue = Assert.IsType<AzureMessageQueue>(services.GetRequiredService<IMessageQueue>());
        Assert.Equal(0, await queue.CountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Two_stores_on_one_account_stop_the_start()
    {
        await using var services = Build(("Trailgate:Connection:AccountName", "evidence"), ("Trailgate:Stores:eu:Connection", Text));

        var fault = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Equal(["Trailgate:Connection and Trailgate:Stores:eu:Connection name the same account; each store needs one of its own."], fault.Failures);
    }

    [Fact]
    public async Task Endpoints_of_another_cloud_are_given_one_by_one()
    {
        await using var services = Build(
            ("Trailgate:Connection:BlobServiceUri", "https://evidence.blob.core.chinacloudapi.cn"),
            ("Trailgate:Connection:QueueServiceUri", "https://evidence.queue.core.chinacloudapi.cn"),
            ("Trailgate:Connection:Credential", "managedidentity"),
            ("Trailgate:Connection:ClientId", "11111111-2222-3333-4444-555555555555"));
        services.GetRequiredService<IStartupValidator>().Validate();

        Assert.Equal("https://evidence.blob.core.chinacloudapi.cn/", AccountOf(services));
    }

    [Fact]
    public async Task Our_own_connection_goes_before_the_app_s()
    {
        await using var services = Build(("Trailgate:Connection:AccountName", "evidence"), ("AzureWebJobsStorage:accountName", "theapps"));

        Assert.Equal("https://evidence.blob.core.windows.net/", AccountOf(services));
    }

    [Theory]
    [InlineData("Trailgate:Connection is no connection string", "Trailgate:Connection", "AccountKey=c2VjcmV0")]
    [InlineData("Trailgate:Connection is no connection string", "Trailgate:Connection", "c2VjcmV0")]
    [InlineData("AzureWebJobsStorage is no connection string", "AzureWebJobsStorage", "AccountName=evidence;AccountKey=c2VjcmV0!")]
    [InlineData("Trailgate:Connection:AccountName is no name", "Trailgate:Connection:AccountName", "Not.A.Name")]
    [InlineData("Trailgate:Connection:QueueServiceUri is missing", "Trailgate:Connection:BlobServiceUri", "https://evidence.blob.core.windows.net")]
    [InlineData("Trailgate:Connection:BlobServiceUri is missing", "Trailgate:Connection:QueueServiceUri", "https://evidence.queue.core.windows.net")]
    [InlineData("Trailgate:Connection:BlobServiceUri must be an https:// address", "Trailgate:Connection:BlobServiceUri", "http://127.0.0.1:10000/evidence")]
    public async Task A_wrong_connection_stops_the_start_by_name_and_is_not_repeated(string expected, string setting, string value)
    {
        await using var services = Build((setting, value));

        var fault = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains(fault.Failures, failure => failure.StartsWith(expected, StringComparison.Ordinal));
        Assert.DoesNotContain("c2VjcmV0", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Retries", "11", "Trailgate:Connection:Retries is 11; it must be 0 to 10.")]
    [InlineData("Timeout", "00:00:00", "Trailgate:Connection:Timeout is 00:00:00; it must be 00:00:01 to 00:10:00.")]
    [InlineData("Credential", "password", "Trailgate:Connection:Credential can only be managedidentity, or left out.")]
    public async Task A_limit_that_is_out_of_range_stops_the_start_by_name(string setting, string value, string expected)
    {
        await using var services = Build(("Trailgate:Connection:AccountName", "evidence"), ($"Trailgate:Connection:{setting}", value));

        var fault = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Equal([expected], fault.Failures);
    }

    [Fact]
    public async Task A_misspelt_setting_of_the_connection_is_found()
    {
        await using var services = Build(("Trailgate:Connection:AccountNam", "evidence"));

        var fault = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Equal(["Trailgate:Connection:AccountNam is no setting. Did you mean Trailgate:Connection:AccountName?"], fault.Failures);
    }

    private static string AccountOf(IServiceProvider services) =>
        AzureAccount.Open(services.GetRequiredService<IOptions<StorageOptions>>().Value.Connection).Name;

    private static ServiceProvider Build(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationManager();
        foreach (var (name, value) in settings)
        {
            configuration[name] = value;
        }

        var services = new ServiceCollection();
        services.AddLogging();
        services.AddTrailgateAzure(configuration, "AzureWebJobsStorage").AddTrailgate(configuration);
        return services.BuildServiceProvider();
    }
}
