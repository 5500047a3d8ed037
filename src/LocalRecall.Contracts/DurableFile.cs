using System.ComponentModel;
using System.Runtime.InteropServices;

namespace LocalRecall.Contracts;

/// <summary>Writing files so that they are there, whole, after a crash or a power cut.</summary>
public static class DurableFile
{
    private const int CloseOnExecLinux = 0x80000;
    private const int CloseOnExecMacOS = 0x1000000;

    /// <summary>Temporary file in the same folder, fsync, rename over what was there, fsync of the folder. The file is its owner's alone.</summary>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    public static void Replace(string path, ReadOnlySpan<byte> bytes)
    {
        string folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        string temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            using (var file = new FileStream(temporary, options))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        FlushFolder(folder);
    }

    /// <summary>Makes creations, renames and deletions in a folder durable. Windows needs nothing: NTFS journals them.</summary>
    /// <exception cref="IOException">The folder can't be flushed.</exception>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = OpenFolder(folder);
        try
        {
            if (FSync(descriptor) < 0)
            {
                throw Failure("flush", folder);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>A descriptor, to be closed with <see cref="Close"/>: File.OpenHandle refuses folders.</summary>
    /// <exception cref="IOException">The folder can't be opened.</exception>
    public static int OpenFolder(string folder)
    {
        int descriptor = Open(folder, OperatingSystem.IsMacOS() ? CloseOnExecMacOS : CloseOnExecLinux);
        return descriptor >= 0 ? descriptor : throw Failure("open", folder);
    }

    [DllImport("libc", EntryPoint = "close")]
    public static extern int Close(int descriptor);

    private static IOException Failure(string what, string folder) =>
        new($"Can't {what} the folder {folder}: {Marshal.GetLastPInvokeErrorMessage()}", new Win32Exception(Marshal.GetLastPInvokeError()));

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int FSync(int descriptor);
}
