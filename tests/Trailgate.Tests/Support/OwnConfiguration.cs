using System.Runtime.CompilerServices;

namespace Trailgate.Tests.Support;

/// <summary>Gives this process a place for settings of its own, so that no test makes or reads a signing key of whoever runs it.</summary>
internal static class OwnConfiguration
{
    private static string s_path = "";

    [ModuleInitializer]
    internal static void Set()
    {
        s_path = Directory.CreateTempSubdirectory("trailgate-config-").FullName;
        Environment.SetEnvironmentVariable("XDG_CONFIG_HOME", s_path);
        AppDomain.CurrentDomain.ProcessExit += static (_, _) => Directory.Delete(s_path, recursive: true);
    }
}
