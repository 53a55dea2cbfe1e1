namespace Trailgate.Cli.Verify;

/// <summary>Reads a file that the command line names and anybody may have written.</summary>
internal static class EvidenceFile
{
    /// <exception cref="CommandFailedException">It can not be read, or is too large.</exception>
    public static async Task<byte[]> ReadAsync(string option, string path, long maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            var file = new FileInfo(path);
            return !file.Exists || file.Length <= maxBytes
                ? await File.ReadAllBytesAsync(path, cancellationToken)
                : throw new CommandFailedException($"{option}: '{path}' is longer than {maxBytes} bytes.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{option}: '{path}' can not be read: {e.Message}");
        }
    }
}
