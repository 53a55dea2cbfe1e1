using System.CommandLine;

namespace Trailgate.Cli.Commands;

/// <summary><c>trailgate rules</c>: looks at rules of alerts before they count.</summary>
internal static class RulesCommand
{
    public static Command Create() => new("rules", "Rules of alerts: checks them, and tries them on what is archived.")
    {
        RulesCheckCommand.Create(),
        RulesTestCommand.Create(),
    };

    public static Argument<string> File() => new("FILE") { Description = "A file of rules; - reads standard input." };

    /// <summary>Reads a file of rules.</summary>
    /// <exception cref="CommandFailedException">It can not be read.</exception>
    public static async Task<byte[]> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = file == "-" ? Console.OpenStandardInput() : System.IO.File.OpenRead(file);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, cancellationToken);
            return bytes.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{file} can not be read: {e.Message}");
        }
    }
}
