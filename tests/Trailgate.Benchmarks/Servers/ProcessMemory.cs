using System.Globalization;

namespace Trailgate.Benchmarks.Servers;

/// <summary>Memory of a process by <c>/proc/PID/status</c>, in MiB.</summary>
/// <param name="Resident">VmRSS: now.</param>
/// <param name="Peak">VmHWM: at its highest so far.</param>
internal readonly record struct ProcessMemory(double Resident, double Peak)
{
    /// <summary>Zeros when the process has ended.</summary>
    public static ProcessMemory Of(int processId)
    {
        var memory = default(ProcessMemory);
        try
        {
            foreach (var line in File.ReadLines($"/proc/{processId}/status"))
            {
                if (line.StartsWith("VmRSS:", StringComparison.Ordinal))
                {
                    memory = memory with { Resident = MiB(line) };
                }
                else if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
                {
                    memory = memory with { Peak = MiB(line) };
                }
            }
        }
        catch (IOException)
        {
            // It ended between two looks.
        }

        return memory;
    }

    // VmRSS:	   75280 kB
    private static double MiB(string line) =>
        double.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
}
