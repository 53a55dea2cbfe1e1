namespace Trailgate.Alerts;

/// <summary>Sends one notification once.</summary>
/// <returns>What became of it. Whatever a receiver or a network can do wrong is a <see cref="SendResult.Failed"/>, not an exception.</returns>
internal delegate Task<SendResult> SendNotification(Notification notification, CancellationToken cancellationToken);

/// <summary>Where notifications go.</summary>
/// <param name="Name">The name from the settings.</param>
/// <param name="Send">Does the sending.</param>
internal sealed record AlertChannel(string Name, SendNotification Send);

/// <summary>What became of one try.</summary>
internal abstract record SendResult
{
    private SendResult()
    {
    }

    /// <summary>The receiver took it.</summary>
    public sealed record Delivered(int Status) : SendResult;

    /// <summary>It did not arrive, or nobody can know.</summary>
    /// <param name="Status">HTTP status, or null when there was no answer.</param>
    /// <param name="Error">For people: at most 1,000 characters, no address and no secret.</param>
    public sealed record Failed(int? Status, string Error) : SendResult
    {
        /// <summary>How long the receiver asked to be left alone.</summary>
        public TimeSpan? RetryAfter { get; init; }

        /// <summary>The receiver said that it will never take anything here again.</summary>
        public bool Gone { get; init; }
    }
}
