using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using LocalRecall.Contracts;

namespace LocalRecall.Client;

/// <summary>posix_spawn with what <see cref="System.Diagnostics.Process"/> can't do: a new session, a log file as output, nothing inherited.</summary>
internal static unsafe partial class PosixSpawn
{
    // Both structs are smaller than this on every libc (glibc: 336 and 80 bytes).
    private const int StructBytes = 1024;

    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const short MacCloseByDefault = 0x4000;

    private const int Interrupted = 4;

    private static short NewSession => OperatingSystem.IsMacOS() ? (short)0x0400 : (short)0x80;

    // O_WRONLY | O_CREAT | O_APPEND
    private static int AppendFlags => OperatingSystem.IsMacOS() ? 0x1 | 0x200 | 0x8 : 0x1 | 0x40 | 0x400;

    /// <returns>The exit code; 128 and the signal's number if it was killed.</returns>
    /// <exception cref="Win32Exception">It can't be started.</exception>
    public static Task<int> Start(HostProgram program, string home, string logPath)
    {
        byte* attributes = stackalloc byte[StructBytes];
        byte* actions = stackalloc byte[StructBytes];
        byte* signals = stackalloc byte[StructBytes];
        Check(posix_spawnattr_init(attributes));
        Check(posix_spawn_file_actions_init(actions));
        try
        {
            // This process's blocked and ignored signals are no business of the host's.
            _ = sigfillset(signals);
            Check(posix_spawnattr_setsigdefault(attributes, signals));
            _ = sigemptyset(signals);
            Check(posix_spawnattr_setsigmask(attributes, signals));
            short flags = (short)(SetSignalDefaults | SetSignalMask | NewSession | (OperatingSystem.IsMacOS() ? MacCloseByDefault : 0));
            Check(posix_spawnattr_setflags(attributes, flags));

            Check(posix_spawn_file_actions_addopen(actions, 0, "/dev/null", 0, 0));
            Check(posix_spawn_file_actions_addopen(actions, 1, logPath, AppendFlags, 0x180)); // 0600
            Check(posix_spawn_file_actions_adddup2(actions, 1, 2));
            Check(posix_spawn_file_actions_addchdir_np(actions, home));
            foreach (int handle in Inherited())
            {
                Check(posix_spawn_file_actions_addclose(actions, handle));
            }

            Dictionary<string, string> environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
                .ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "");
            environment[HomeFolder.Variable] = home;
            int error = posix_spawnp(
                out int pid, program.FileName, actions, attributes,
                [program.FileName, .. program.Arguments, null], [.. environment.Select(e => $"{e.Key}={e.Value}"), null]);
            Check(error);
            return WaitFor(pid);
        }
        finally
        {
            _ = posix_spawn_file_actions_destroy(actions);
            _ = posix_spawnattr_destroy(attributes);
        }
    }

    /// <summary>Becomes another program: the process stays, with its terminal and its id.</summary>
    /// <returns>Only if it failed.</returns>
    public static Win32Exception Execute(HostProgram program)
    {
        _ = execvp(program.FileName, [program.FileName, .. program.Arguments, null]);
        return new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>A thread of its own waits: it also takes care that no zombie stays.</summary>
    private static Task<int> WaitFor(int pid)
    {
        var exit = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            int status;
            while (waitpid(pid, &status, 0) < 0 && Marshal.GetLastPInvokeError() == Interrupted)
            {
            }

            exit.SetResult((status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f));
        }, maxStackSize: 64 * 1024) { IsBackground = true, Name = "host exit" }.Start();
        return exit.Task;
    }

    private static IEnumerable<int> Inherited() =>
        Directory.Exists("/proc/self/fd")
            ? Directory.GetFiles("/proc/self/fd").Select(f => int.Parse(Path.GetFileName(f), CultureInfo.InvariantCulture)).Where(handle => handle > 2)
            : [];

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new Win32Exception(error);
        }
    }

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigdefault(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigmask(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addopen(byte* actions, int handle, string path, int flags, uint mode);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(byte* actions, int handle, int copy);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_addclose(byte* actions, int handle);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addchdir_np(byte* actions, string path);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawnp(
        out int pid, string fileName, byte* actions, byte* attributes, string?[] arguments, string?[] environment);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int execvp(string fileName, string?[] arguments);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitpid(int pid, int* status, int options);

    [LibraryImport("libc")]
    private static partial int sigfillset(byte* signals);

    [LibraryImport("libc")]
    private static partial int sigemptyset(byte* signals);
}
