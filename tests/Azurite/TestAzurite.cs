using System.Globalization;
using System.Security.Cryptography;
using Trailgate.Cli.Azurite;
using Trailgate.Hosting;

namespace Trailgate.Tests.Azurite;

/// <summary>
/// An Azurite for a class or a collection of tests, on free ports and in a folder of its own. Each test takes an account:
/// so each finds an empty store, and none waits for another's clean-up.
/// </summary>
public class TestAzurite : IAsyncLifetime
{
    private const int Accounts = 300;

    private readonly string _folder = Directory.CreateTempSubdirectory("trailgate-azurite-").FullName;
    private readonly string[] _modules;
    private readonly List<AzuriteAccount> _accounts;
    private AzuriteProcess? _process;
    private int _taken;

    /// <summary>One whose clock is the machine's.</summary>
    public TestAzurite()
        : this([])
    {
    }

    /// <summary>One with modules loaded into it.</summary>
    protected TestAzurite(params string[] modules)
    {
        _modules = modules;
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
        _accounts = [.. Enumerable.Range(0, Accounts).Select(number => new AzuriteAccount(string.Create(CultureInfo.InvariantCulture, $"test{number:D4}"), key))];
    }

    /// <summary>The running process.</summary>
    internal AzuriteProcess Running => _process ?? throw new InvalidOperationException("It was not started.");

    /// <summary>Takes an account that no test has used.</summary>
    internal AzuriteAccount TakeAccount() => _accounts[Interlocked.Increment(ref _taken) - 1];

    /// <summary>The connection string of an account that no test has used.</summary>
    public string TakeConnection() => Running.ConnectionString(TakeAccount());

    /// <summary>Reads options from settings, as a host does.</summary>
    public static ConnectionOptions OptionsOf(string connection, params (string Name, string Value)[] others)
    {
        var configuration = new Microsoft.Extensions.Configuration.ConfigurationManager
        {
            [ConnectionOptions.Section] = connection,
        };
        foreach (var (name, value) in others)
        {
            configuration[$"{ConnectionOptions.Section}:{name}"] = value;
        }

        return ConnectionOptions.Read(configuration.GetSection(ConnectionOptions.Section));
    }

    public async Task InitializeAsync() => _process = await AzuriteProcess.StartAsync(
        new AzuriteStart(AzuritePackage.Script, _folder) { Accounts = _accounts, Modules = _modules }, CancellationToken.None);

    public async Task DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
