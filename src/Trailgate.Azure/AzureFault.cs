using Azure;
using Azure.Identity;
using Trailgate.Storage;

namespace Trailgate.Azure;

/// <summary>Tells faults of the account (network, limits, permissions) from faults of ours, and names them in one line.</summary>
internal static class AzureFault
{
    /// <summary>Whether an exception is the account's, and not ours or the caller's.</summary>
    public static bool Is(Exception e, CancellationToken cancellationToken) => e switch
    {
        RequestFailedException or AuthenticationFailedException or IOException or HttpRequestException => true,
        // What the client throws when its own time for a try is over.
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        // All tries, when the last one failed as well.
        AggregateException several => several.InnerExceptions.All(inner => Is(inner, cancellationToken)),
        _ => false,
    };

    /// <summary>The exception that callers expect.</summary>
    /// <param name="doing">What was tried, such as "read inbox/plan.json".</param>
    /// <param name="e">What came of it.</param>
    public static StorageException Wrap(string doing, Exception e) => new($"Cannot {doing}: {Reason(e)}", e);

    private static string Reason(Exception e) => e switch
    {
        AggregateException { InnerExceptions: [.., var last] } several => $"{Reason(last)} ({several.InnerExceptions.Count} tries)",
        // The client's own messages go over many lines and hold headers.
        RequestFailedException { Status: not 0 } answer => $"the account answered {answer.Status} {answer.ErrorCode}".TrimEnd(),
        OperationCanceledException => "the account did not answer in time",
        _ => FirstLine(e.Message),
    };

    private static string FirstLine(string text) => text.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var end ? text[..end] : text;
}
