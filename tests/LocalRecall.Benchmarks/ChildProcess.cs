using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace LocalRecall.Benchmarks;

/// <summary>Runs a program with its output thrown away. Lean, so that what is measured is the program.</summary>
internal static unsafe partial class ChildProcess
{
    public const string Nowhere = "/dev/null";
    private const int ReadOnly = 0;
    private const int WriteOnly = 1;
    private const int KillSignal = 9;
    private static readonly int CreateAnew = OperatingSystem.IsMacOS() ? 0x600 : 0x240; // O_CREAT | O_TRUNC
    private const int WaitForAll = 0x40000000;
    private const nint PtraceContinue = 7;
    private const nint PtraceSeize = 0x4206;
    private const nint TraceExit = 0x40;
    private const int ExitEvent = 6;
    private const int StopEvent = 128;

    /// <summary>From before it starts until it has ended, and the processor time it took.</summary>
    /// <param name="input">File that is its standard input.</param>
    public static (TimeSpan Wall, TimeSpan Processor) Time(
        IReadOnlyList<string> command, IReadOnlyList<(string Name, string Value)> environment, string input = Nowhere)
    {
        long started = Stopwatch.GetTimestamp();
        int pid = Start(command, environment, input: input);
        int status = Wait(pid, 0, out TimeSpan processor);
        TimeSpan wall = Stopwatch.GetElapsedTime(started);
        Check(command, status);
        return (wall, processor);
    }

    /// <summary>The most memory it ever had, read while it is stopped at its very end. Null where the system can't do that.</summary>
    /// <remarks>Not from rusage: there Linux counts what the parent had when it began the child.</remarks>
    public static long? PeakBytes(IReadOnlyList<string> command, IReadOnlyList<(string Name, string Value)> environment, string input = Nowhere)
    {
        int pid = Start(command, environment, input: input);
        bool traced = OperatingSystem.IsLinux() && ptrace(PtraceSeize, pid, 0, TraceExit) == 0;
        long? peakBytes = null;
        int status;
        while (((status = Wait(pid, traced ? WaitForAll : 0, out _)) & 0xFF) == 0x7F)
        {
            int stopped = status >> 16;
            if (stopped == ExitEvent)
                peakBytes = ReadPeak(pid);
            int signal = stopped is ExitEvent or StopEvent ? 0 : status >> 8 & 0xFF;
            _ = ptrace(PtraceContinue, pid, 0, signal);
        }

        Check(command, status);
        return peakBytes;
    }

    /// <summary>Runs it with its output, and what it says on standard error, in a file.</summary>
    /// <param name="started">Gets its process id.</param>
    /// <returns>Its exit code, 128 and more for a signal, and the processor time that it took.</returns>
    public static (int ExitCode, TimeSpan Processor) Run(
        IReadOnlyList<string> command, IReadOnlyList<(string Name, string Value)> environment, string output, Action<int> started, string input = Nowhere)
    {
        int pid = Start(command, environment, output, input);
        started(pid);
        int status = Wait(pid, 0, out TimeSpan processor);
        return ((status & 0x7F) == 0 ? status >> 8 & 0xFF : 128 + (status & 0x7F), processor);
    }

    /// <summary>Ends it at once.</summary>
    public static void Kill(int pid) => _ = kill(pid, KillSignal);

    private static long ReadPeak(int pid) => 1024 * long.Parse(
        File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    private static int Start(IReadOnlyList<string> command, IReadOnlyList<(string Name, string Value)> environment, string output = Nowhere, string input = Nowhere)
    {
        string?[] variables =
        [
            .. Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
                .Where(entry => environment.All(set => set.Name != (string)entry.Key)).Select(entry => $"{entry.Key}={entry.Value}"),
            .. environment.Select(set => $"{set.Name}={set.Value}"),
            null,
        ];
        byte* actions = stackalloc byte[1024]; // larger than any system's posix_spawn_file_actions_t
        Check(posix_spawn_file_actions_init(actions));
        try
        {
            Check(posix_spawn_file_actions_addopen(actions, 0, input, ReadOnly, 0));
            Check(posix_spawn_file_actions_addopen(actions, 1, output, output == Nowhere ? WriteOnly : WriteOnly | CreateAnew, 0x180));
            if (output != Nowhere)
                Check(posix_spawn_file_actions_addopen(actions, 2, $"{output}.err", WriteOnly | CreateAnew, 0x180));
            Check(posix_spawnp(out int pid, command[0], actions, null, [.. command, null], variables));
            return pid;
        }
        finally
        {
            _ = posix_spawn_file_actions_destroy(actions);
        }
    }

    private static int Wait(int pid, int options, out TimeSpan processor)
    {
        int status;
        long* usage = stackalloc long[32]; // struct rusage: user time and system time come first, in seconds and microseconds
        while (wait4(pid, &status, options, usage) < 0)
        {
            const int Interrupted = 4;
            if (Marshal.GetLastPInvokeError() != Interrupted)
                throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        processor = TimeSpan.FromMicroseconds((usage[0] + usage[2]) * 1_000_000 + (int)usage[1] + (int)usage[3]);
        return status;
    }

    private static void Check(IReadOnlyList<string> command, int status)
    {
        if (status != 0)
            throw new BenchException($"{string.Join(' ', command)} ended with {((status & 0x7F) == 0 ? $"exit code {status >> 8 & 0xFF}" : $"signal {status & 0x7F}")}.");
    }

    private static void Check(int error)
    {
        if (error != 0)
            throw new Win32Exception(error);
    }

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addopen(byte* actions, int handle, string path, int flags, uint mode);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawnp(out int pid, string fileName, byte* actions, byte* attributes, string?[] arguments, string?[] environment);

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int wait4(int pid, int* status, int options, long* usage);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint ptrace(nint request, int pid, nint address, nint data);
}
