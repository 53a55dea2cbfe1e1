using System.Globalization;
using System.Runtime.InteropServices;

namespace Trailgate.Benchmarks;

/// <summary>What a figure needs beside it to mean something.</summary>
internal static class Machine
{
    private const int Appends = 200;
    private const int AppendBytes = 4096;

    /// <summary>Processors, system and runtime.</summary>
    public static string Describe()
    {
        var model = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            : null;
        return string.Create(CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} cores ({model ?? RuntimeInformation.ProcessArchitecture.ToString()}), {Environment.OSVersion.VersionString}, {RuntimeInformation.FrameworkDescription}");
    }

    /// <summary>Time that all processors together were not idle since the machine started, stolen time included.</summary>
    public static TimeSpan BusyTime()
    {
        // cpu  user nice system idle iowait irq softirq steal guest guest_nice, in hundredths of a second
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int[] busy = [1, 2, 3, 6, 7, 8];
        return TimeSpan.FromMilliseconds(10 * busy.Sum(field => long.Parse(fields[field], CultureInfo.InvariantCulture)));
    }

    /// <summary>Times 200 times 4 KiB appended and fsynced, in this directory: what every durable answer waits for.</summary>
    public static string MeasureFsync(string directory, TimeProvider time)
    {
        var path = Path.Combine(directory, "fsync-probe");
        var latencies = new TimeSpan[Appends];
        using (var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write))
        {
            var block = new byte[AppendBytes];
            for (var i = 0; i < Appends; i++)
            {
                var start = time.GetTimestamp();
                RandomAccess.Write(file, block, (long)i * AppendBytes);
                RandomAccess.FlushToDisk(file);
                latencies[i] = time.GetElapsedTime(start);
            }
        }

        File.Delete(path);
        Array.Sort(latencies);
        return string.Create(CultureInfo.InvariantCulture,
            $"4 KiB append + fsync in {directory}: median {latencies[Appends / 2].TotalMilliseconds:F2} ms, p99 {latencies[Appends * 99 / 100].TotalMilliseconds:F2} ms");
    }
}
