namespace Trailgate.Benchmarks.Servers;

/// <summary>What a server spends while something runs against it.</summary>
/// <param name="Cpu">Processor time of all its threads.</param>
/// <param name="Resident">Highest resident memory seen, in MiB, sampled every 200 ms.</param>
/// <param name="Peak">The kernel's own highest of the whole life of the process (VmHWM), in MiB.</param>
/// <param name="GeneratorCpu">What this process, the load generator, spent meanwhile.</param>
internal sealed record Spending(TimeSpan Cpu, double Resident, double Peak, TimeSpan GeneratorCpu)
{
    private static readonly TimeSpan SamplePeriod = TimeSpan.FromMilliseconds(200);

    public static async Task<(T Result, Spending Spending)> WatchAsync<T>(ServerProcess server, TimeProvider time, Func<Task<T>> action)
    {
        var cpu = server.Cpu;
        var own = Environment.CpuUsage.TotalTime;
        var resident = server.Memory.Resident;
        T result;
        await using (time.CreateTimer(_ => resident = Math.Max(resident, server.Memory.Resident), null, SamplePeriod, SamplePeriod))
        {
            result = await action();
        }

        var memory = server.Memory;
        return (result, new Spending(server.Cpu - cpu, Math.Max(resident, memory.Resident), memory.Peak, Environment.CpuUsage.TotalTime - own));
    }
}
