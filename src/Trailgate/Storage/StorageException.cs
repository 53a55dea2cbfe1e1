namespace Trailgate.Storage;

/// <summary>
/// The storage could not do what was asked: disk full, network away, access refused. Callers answer 503 or try again
/// later; nothing is known about whether the operation was applied.
/// </summary>
public sealed class StorageException(string message, Exception? innerException = null) : Exception(message, innerException);
