namespace Trailgate.Benchmarks.Servers;

/// <summary>What a server spends while something runs against it.</summary>
/// <param name="Cpu">Processor time of all its threads.</param>
/// <param name="Resident">Highest resident memory seen, in MiB, sampled every 200 ms.</param>
/// <param name="Peak">The kernel's own highest of the whole life of the process (VmHWM), in MiB.</param>
/// <param name="GeneratorCpu">What this process, the load generator, spent meanwhile.</param>
/// <param name="Others">Share of the machine's processors, 0 to 1, that neither of the two had: figures from a busy machine are low.</param>
internal sealed record Spending(TimeSpan Cpu, double Resident, double Peak, TimeSpan GeneratorCpu, double Others)
{
    private static readonly TimeSpan SamplePeriod = TimeSpan.FromMilliseconds(200);

    public static async Task<(T Result, Spending Spending)> WatchAsync<T>(ServerProcess server, TimeProvider time, Func<Task<T>> action)
    {
        var cpu = server.Cpu;
        var (busy, start) = (Machine.BusyTime(), time.GetTimestamp());
        var own = Environment.CpuUsage.TotalTime;
        var resident = server.Memory.Resident;
        T result;
        await using (time.CreateTimer(_ => resident = Math.Max(resident, server.Memory.Resident), null, SamplePeriod, SamplePeriod))
        {
            result = await action();
        }

        var memory = server.Memory;
        cpu = server.Cpu - cpu;
        own = Environment.CpuUsage.TotalTime - own;
        var others = (Machine.BusyTime() - busy - cpu - own) / (time.GetElapsedTime(start) * Environment.ProcessorCount);
        return (result, new Spending(cpu, Math.Max(resident, memory.Resident), memory.Peak, own, Math.Max(0, others)));
    }
}
