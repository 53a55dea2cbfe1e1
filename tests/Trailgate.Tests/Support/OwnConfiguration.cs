using System.Runtime.CompilerServices;

namespace Trailgate.Tests.Support;

/// <summary>Gives this process a place for settings of its own, so that no test makes or reads a signing key of whoever runs it.</summary>
internal static class OwnConfiguration
{
    private static string _path = "";

    [ModuleInitializer]
    internal static void Set()
    {
        _path = Directory.CreateTempSubdirectory("trailgate-config-").FullName;
        Environment.SetEnvironmentVariable("XDG_CONFIG_HOME", _path);
        AppDomain.CurrentDomain.ProcessExit += static (_, _) => Directory.Delete(_path, recursive: true);
    }
}
