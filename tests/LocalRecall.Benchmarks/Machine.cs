using System.Globalization;
using System.Runtime.InteropServices;

namespace LocalRecall.Benchmarks;

/// <summary>What the numbers depend on.</summary>
internal static class Machine
{
    private const string CacheSize = "/sys/devices/system/cpu/cpu0/cache/index3/size";

    public static string Processor { get; } = File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown"
        : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "unknown";

    /// <summary>The third-level cache, where the system tells; else a common size.</summary>
    public static long LastCacheBytes { get; } = File.Exists(CacheSize)
        ? long.Parse(File.ReadAllText(CacheSize).Trim().TrimEnd('K'), CultureInfo.InvariantCulture) << 10
        : 32 << 20;

    public static long MemoryBytes { get; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Processes that wanted to run, on average over the last minute; null where the system doesn't tell.</summary>
    public static double? Load => File.Exists("/proc/loadavg")
        ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture)
        : null;

    public static string Description { get; } = $"{Processor}, {Environment.ProcessorCount} cores, L3 {LastCacheBytes >> 20} MiB, {MemoryBytes >> 20} MiB of memory";

    public static string System { get; } = $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}";
}
