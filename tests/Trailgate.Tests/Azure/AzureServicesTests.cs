using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Trailgate.Azure;
using Trailgate.Hosting;
using Trailgate.Storage;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Azure;

public sealed class AzureServicesTests
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
    public async Task A_connection_puts_blobs_and_queue_on_its_account(string account, string setting, string value)
    {
        await using var services = Build((setting, value));
        services.GetRequiredService<IStartupValidator>().Validate();

        Assert.IsType<AzureBlobStore>(services.GetRequiredService<IBlobStore>());
        Assert.IsType<AzureMessageQueue>(services.GetRequiredService<IMessageQueue>());
        Assert.Equal(account, services.GetRequiredService<AzureAccount>().Name);
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

        Assert.Equal("https://evidence.blob.core.chinacloudapi.cn/", services.GetRequiredService<AzureAccount>().Name);
    }

    [Fact]
    public async Task Our_own_connection_goes_before_the_app_s()
    {
        await using var services = Build(("Trailgate:Connection:AccountName", "evidence"), ("AzureWebJobsStorage:accountName", "theapps"));

        Assert.Equal("https://evidence.blob.core.windows.net/", services.GetRequiredService<AzureAccount>().Name);
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
    [InlineData("Timeout", "00:00:00.5", "Trailgate:Connection:Timeout is 00:00:00.5000000; it must be 00:00:01 to 00:10:00.")]
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
