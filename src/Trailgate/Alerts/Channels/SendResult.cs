namespace Trailgate.Alerts.Channels;

/// <summary>What became of one try.</summary>
internal abstract record SendResult
{
    private SendResult()
    {
    }

    /// <summary>The receiver took it.</summary>
    public sealed record Delivered(int Status) : SendResult;

    /// <summary>Nothing was sent: the channel failed again and again just before.</summary>
    public sealed record Spared : SendResult;

    /// <summary>It did not arrive, or nobody can know.</summary>
    /// <param name="Status">HTTP status, or null when there was no answer.</param>
    /// <param name="Error">For people: at most 1,000 characters, no address and no secret.</param>
    public sealed record Failed(int? Status, string Error) : SendResult
    {
        /// <summary>How long the receiver asked to be left alone.</summary>
        public TimeSpan? RetryAfter { get; init; }

        /// <summary>The receiver said that it will never take anything here again.</summary>
        public bool Gone { get; init; }

        /// <summary>The receiver will not take this notification, however often it is sent.</summary>
        public bool IsPermanent { get; init; }
    }
}
