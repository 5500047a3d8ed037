using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LocalRecall.Benchmarks.Alternatives;

/// <summary>The operating system's lock on a file; it is free again when its holder lets go or ends, however it ends.</summary>
internal static partial class LockFile
{
    private const int Exclusive = 2;
    private const int NonBlocking = 4;
    private const uint ReadAndWrite = 0x180; // rw-------

    /// <summary>Sleeps until the lock is free, and takes it. To be disposed.</summary>
    public static SafeFileHandle Wait(string folder) => Take(folder, Exclusive)!;

    /// <summary>Null: another process has it.</summary>
    public static SafeFileHandle? TryTake(string folder) => Take(folder, Exclusive | NonBlocking);

    private static SafeFileHandle? Take(string folder, int operation)
    {
        // Not File.OpenHandle: .NET takes a lock of its own whenever it opens a file, and fails where it should wait.
        int descriptor = creat(Path.Combine(folder, "model.lock"), ReadAndWrite);
        if (descriptor < 0)
            throw Failed();
        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        while (flock(file, operation) != 0)
        {
            const int Interrupted = 4;
            if (Marshal.GetLastPInvokeError() == Interrupted)
                continue;
            file.Dispose();
            return (operation & NonBlocking) != 0 ? null : throw Failed();
        }

        return file;
    }

    private static Win32Exception Failed() => new(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int creat(string path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(SafeFileHandle file, int operation);
}
