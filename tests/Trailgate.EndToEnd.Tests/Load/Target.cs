namespace Trailgate.EndToEnd.Tests.Load;

/// <summary>Where the senders send to, while the server that is there comes and goes.</summary>
internal sealed class Target
{
    private TaskCompletionSource<Uri> _address = New();

    /// <summary>A target that is up from the start.</summary>
    public static Target At(Uri address)
    {
        var target = new Target();
        target.Up(address);
        return target;
    }

    public void Up(Uri address) => _address.SetResult(address);

    /// <summary>Makes who comes from now on wait for the next address.</summary>
    public void Down() => _address = New();

    public Task<Uri> AddressAsync(CancellationToken cancellationToken) => Volatile.Read(ref _address).Task.WaitAsync(cancellationToken);

    private static TaskCompletionSource<Uri> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
