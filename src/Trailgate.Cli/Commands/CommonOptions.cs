using System.CommandLine;

namespace Trailgate.Cli.Commands;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    public static Option<string?> Data() => new("--data")
    {
        Description = "The directory of the file store (setting Trailgate:Data, else ./data).",
        HelpName = "DIR",
    };

    public static Option<string?> Connection() => new("--connection")
    {
        Description = "The connection string of an Azure storage account (setting Trailgate:Connection), instead of a directory.",
        HelpName = "TEXT",
    };
}
