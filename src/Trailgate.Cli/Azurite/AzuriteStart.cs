namespace Trailgate.Cli.Azurite;

/// <summary>How an Azurite is started.</summary>
/// <param name="Script">Its script, as <see cref="AzuriteInstallation"/> finds it.</param>
/// <param name="Folder">Where it keeps its data.</param>
internal sealed record AzuriteStart(string Script, string Folder)
{
    /// <summary>The account that every Azurite has unless it is told others, and its key, which is public.</summary>
    public static AzuriteAccount DevelopmentAccount { get; } = new(
        "devstoreaccount1", "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==");

    /// <summary>The port of blobs; queues and tables get the two behind it. 0 takes free ones.</summary>
    public int Port { get; init; }

    /// <summary>The accounts that it serves.</summary>
    public IReadOnlyList<AzuriteAccount> Accounts { get; init; } = [DevelopmentAccount];

    /// <summary>Modules to load before it, as paths or URLs.</summary>
    public IReadOnlyList<string> Modules { get; init; } = [];
}

/// <summary>An account of an Azurite.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Key">Its key, Base64.</param>
internal sealed record AzuriteAccount(string Name, string Key);
