namespace Trailgate.EndToEnd.Tests.Processes;

/// <summary>A directory of a test's own, removed with all that is in it, and the store of the processes that run there: files, here.</summary>
public class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("trailgate-e2e-").FullName;

    /// <summary>Where the processes of the test keep their data.</summary>
    public string Data => System.IO.Path.Combine(Path, "data");

    /// <summary>The words of the command line that choose the store.</summary>
    public virtual string[] StoreArguments => ["--data", Data];

    /// <summary>Everything that is stored now, as a directory with a folder for each container.</summary>
    public virtual Task<string> EvidenceAsync() => Task.FromResult(Data);

    public void Dispose()
    {
        // A process that was killed takes its children with it, and they may write until they are gone.
        if (!SpinWait.SpinUntil(TryDelete, TrailgateProcess.Patience))
        {
            Directory.Delete(Path, recursive: true);
        }

        GC.SuppressFinalize(this);
    }

    private bool TryDelete()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
