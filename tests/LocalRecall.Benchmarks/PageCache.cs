using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LocalRecall.Benchmarks;

/// <summary>What the system keeps of files in memory.</summary>
internal static class PageCache
{
    private const int DontNeed = 4;

    /// <summary>Has the next reading of a file come from the disk. False: this system can't be asked to.</summary>
    public static bool Drop(string path)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        using SafeFileHandle file = File.OpenHandle(path);
        return Advise(file, 0, 0, DontNeed) == 0;
    }

    [DllImport("libc", EntryPoint = "posix_fadvise")]
    private static extern int Advise(SafeFileHandle file, long offset, long length, int advice);
}
