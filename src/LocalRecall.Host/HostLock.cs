using LocalRecall.Contracts;

namespace LocalRecall.Host;

/// <summary>One host a home: an operating system lock on a file, held for the process's life and released by its end, however it ends.</summary>
internal static class HostLock
{
    /// <summary>Null: another host holds it.</summary>
    /// <exception cref="IOException">The home folder can't be used.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static FileStream? TryTake(string home)
    {
        string path = Path.Combine(home, HostProcess.LockFile);
        using (File.Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            // It can be opened: what fails below is the lock.
        }

        try
        {
            return File.Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
