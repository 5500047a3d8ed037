using LocalRecall.Contracts;

namespace LocalRecall.Host;

/// <summary>One host a home: an operating system lock on a file, held for the process's life and released by its end, however it ends.</summary>
internal static class HostLock
{
    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;

    /// <summary>Null: another host holds it.</summary>
    /// <exception cref="IOException">The home folder can't be used.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static FileStream? TryTake(string home)
    {
        try
        {
            return File.Open(Path.Combine(home, HostProcess.LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.HResult is WindowsSharingViolation or LinuxWouldBlock or MacWouldBlock)
        {
            return null;
        }
    }
}
