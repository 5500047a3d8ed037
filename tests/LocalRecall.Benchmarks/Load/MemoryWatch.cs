using System.Globalization;

namespace LocalRecall.Benchmarks.Load;

/// <param name="PssMb">Memory of all processes of a role; what several share counts once, in parts.</param>
/// <param name="HostRssMb">Resident memory of the host alone.</param>
internal sealed record MemorySample(DateTimeOffset At, IReadOnlyDictionary<Role, double> PssMb, double HostRssMb)
{
    public double TotalMb => PssMb.Values.Sum();

    public double Of(params ReadOnlySpan<Role> roles)
    {
        double sum = 0;
        foreach (Role role in roles)
            sum += PssMb.GetValueOrDefault(role);
        return sum;
    }
}

/// <summary>Looks at the memory of a storm's processes once a second. Linux only: elsewhere there are no samples.</summary>
internal sealed class MemoryWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>With less than this left, a storm is over.</summary>
    private const double LeastAvailableMb = 2000;

    private readonly Func<IReadOnlyList<(Role Role, int Pid)>> _processes;
    private readonly Action _emergency;
    private readonly List<MemorySample> _samples = [];
    private readonly ManualResetEventSlim _end = new();
    private readonly Thread _thread;

    /// <param name="emergency">Called when the machine is about to run out of memory.</param>
    public MemoryWatch(Func<IReadOnlyList<(Role Role, int Pid)>> processes, Action emergency)
    {
        (_processes, _emergency) = (processes, emergency);
        _thread = new Thread(Watch) { IsBackground = true, Priority = ThreadPriority.AboveNormal };
        if (OperatingSystem.IsLinux())
            _thread.Start();
    }

    public IReadOnlyList<MemorySample> Samples
    {
        get
        {
            lock (_samples)
                return [.. _samples];
        }
    }

    public void Dispose()
    {
        _end.Set();
        if (_thread.IsAlive)
            _thread.Join();
        _end.Dispose();
    }

    private void Watch()
    {
        do
        {
            Dictionary<Role, double> pssMb = [];
            double hostRssMb = 0;
            DateTimeOffset at = DateTimeOffset.UtcNow;
            foreach ((Role role, int pid) in _processes())
            {
                (double rss, double pss) = Read(pid);
                pssMb[role] = pssMb.GetValueOrDefault(role) + pss;
                if (role == Role.Host)
                    hostRssMb += rss;
            }

            lock (_samples)
                _samples.Add(new MemorySample(at, pssMb, hostRssMb));
            if (Megabytes(File.ReadAllLines("/proc/meminfo"), "MemAvailable:") < LeastAvailableMb)
                _emergency();
        }
        while (!_end.Wait(Interval));
    }

    /// <summary>Zeros for a process that has ended.</summary>
    internal static (double RssMb, double PssMb) Read(int pid)
    {
        try
        {
            string[] lines = File.ReadAllLines($"/proc/{pid}/smaps_rollup");
            return (Megabytes(lines, "Rss:"), Megabytes(lines, "Pss:"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (0, 0);
        }
    }

    private static double Megabytes(string[] lines, string name) =>
        double.Parse(
            lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1] ?? "0",
            CultureInfo.InvariantCulture) * 1024 / 1e6;
}
