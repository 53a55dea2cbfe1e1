using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Trailgate.Hosting;
using Trailgate.Signing;
using Trailgate.Tests.Signing;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Hosting;

/// <summary>Where the signing key comes from, and which keys stop the start.</summary>
public sealed class SigningSettingsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_key_in_the_settings_signs_under_the_name_of_the_ledger()
    {
        using var services = Services(("Trailgate:Signing:Key", Published.EcdsaPem), ("Trailgate:Archive:Origin", "audit.example.com/archive"));

        Assert.Equal(Published.EcdsaKey, Assert.Single(services.GetRequiredService<SigningKeys>().All).Verifier.ToString());
    }

    [Fact]
    public void A_key_in_a_file_signs()
    {
        using var services = Services(("Trailgate:Signing:KeyFile", KeyFile("keys/key.pem")), ("Trailgate:Archive:Origin", "audit.example.com/archive"));

        Assert.Equal(Published.EcdsaKey, Assert.Single(services.GetRequiredService<SigningKeys>().All).Verifier.ToString());
    }

    [Fact]
    public void Without_a_setting_the_users_own_key_signs_from_the_first_start_on()
    {
        using var first = Services();
        using var second = Services();

        var key = Assert.Single(first.GetRequiredService<SigningKeys>().All).Verifier;

        Assert.Equal("trailgate", key.Name);
        Assert.Equal(key, Assert.Single(second.GetRequiredService<SigningKeys>().All).Verifier);
        Assert.True(File.Exists(Path.Combine(Environment.GetEnvironmentVariable("XDG_CONFIG_HOME")!, "trailgate", "signing-key.pem")));
    }

    [Fact]
    public void Keys_that_can_not_sign_stop_the_start_by_the_name_of_the_setting()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);

        var failure = Assert.Single(Failures(("Trailgate:Signing:Key", key.ExportPkcs8PrivateKeyPem())));

        Assert.StartsWith("Trailgate:Signing:Key ", failure, StringComparison.Ordinal);
        Assert.Contains("P-256", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_file_that_is_not_there_stops_the_start()
    {
        var failure = Assert.Single(Failures(("Trailgate:Signing:KeyFile", _folder.Combine("none.pem"))));

        Assert.StartsWith("Trailgate:Signing:KeyFile: ", failure, StringComparison.Ordinal);
        Assert.Contains("none.pem", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_in_two_places_stops_the_start() =>
        Assert.Contains("both set", Assert.Single(Failures(("Trailgate:Signing:Key", Published.EcdsaPem), ("Trailgate:Signing:KeyFile", KeyFile("key.pem")))), StringComparison.Ordinal);

    [Theory]
    [InlineData("data/key.pem")]
    [InlineData("data/archive/../ledger/key.pem")]
    [InlineData("eu/key.pem")]
    public void A_key_inside_any_store_stops_the_start(string path) =>
        Assert.Contains(
            "never lies beside the data",
            Assert.Single(Failures(
                ("Trailgate:Signing:KeyFile", KeyFile(path)), ("Trailgate:Data", _folder.Combine("data")), ("Trailgate:Stores:eu:Data", _folder.Combine("eu")))),
            StringComparison.Ordinal);

    [Fact]
    public void A_key_beside_a_store_of_a_similar_name_is_taken() =>
        Assert.Empty(Failures(("Trailgate:Signing:KeyFile", KeyFile("database/key.pem")), ("Trailgate:Data", _folder.Combine("data"))));

    [Fact]
    public void A_store_around_the_users_own_key_stops_the_start() =>
        Assert.Contains(
            "signing key would be kept in",
            Assert.Single(Failures(("Trailgate:Data", Environment.GetEnvironmentVariable("XDG_CONFIG_HOME")!))),
            StringComparison.Ordinal);

    private string KeyFile(string path)
    {
        var file = _folder.Combine(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, Published.EcdsaPem);
        return file;
    }

    private IReadOnlyList<string> Failures(params (string Name, string Value)[] settings)
    {
        using var services = Services(settings);
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (OptionsValidationException e)
        {
            return [.. e.Failures];
        }
    }

    private ServiceProvider Services(params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string?> { ["Trailgate:Data"] = _folder.Combine("data") };
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        return new ServiceCollection().AddLogging().AddTrailgate(new ConfigurationBuilder().AddInMemoryCollection(all).Build()).BuildServiceProvider();
    }
}
