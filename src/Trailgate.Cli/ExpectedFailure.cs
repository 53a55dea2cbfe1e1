using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Trailgate.Archive;
using Trailgate.Signing;
using Trailgate.Storage;

namespace Trailgate.Cli;

/// <summary>A command can not go on, for a reason that the operator can mend. The message is the whole explanation.</summary>
internal sealed class CommandFailedException(string message) : Exception(message);

/// <summary>Tells what an operator can mend from faults of ours: the former get sentences, the latter a stack trace.</summary>
internal static class ExpectedFailure
{
    /// <summary>One sentence for each thing to mend; null when it is a fault of ours.</summary>
    public static IReadOnlyList<string>? Explain(Exception e) => e switch
    {
        CommandFailedException or SigningKeyException or PlatformNotSupportedException => [e.Message],
        _ when IsOfStore(e) => [e.Message],
        // The framework names the file, and its innermost cause the place in it.
        InvalidDataException { InnerException: FormatException } => [$"{e.Message} {e.GetBaseException().Message}"],
        InvalidDataException => [e.Message],
        ArchiveFailedException failed when failed.Failures.All(store => Explain(store.Failure) is not null) =>
            [.. failed.Failures.Select(ArchiveFailedException.Describe)],
        OptionsValidationException validation => [.. validation.Failures],
        AggregateException several when several.InnerExceptions.All(inner => Explain(inner) is not null) =>
            [.. several.InnerExceptions.SelectMany(inner => Explain(inner)!)],
        // Kestrel wraps it in an IOException that names the address.
        IOException { InnerException: AddressInUseException } => [e.Message],
        // The binder's, of settings that are not ours: "Failed to convert configuration value 'x' at 'Logging:...' to type ...".
        InvalidOperationException { InnerException: FormatException or ArgumentException or OverflowException } => [e.Message],
        _ => null,
    };

    /// <summary>Whether a store, or what stands in it, fails, which is no fault of ours wherever it is met. The message is the whole explanation.</summary>
    public static bool IsOfStore(Exception e) => e is StorageException or ArchiveConflictException or ArchiveDamagedException;
}
