using System.ComponentModel;
using System.Runtime.InteropServices;

namespace LocalRecall.Infrastructure.Files;

/// <summary>Writing files so that they are there, whole, after a crash or a power cut.</summary>
internal static class DurableFile
{
    public const string TemporarySuffix = ".tmp";

    /// <summary>Temporary file in the same folder, fsync, rename over what was there, fsync of the folder.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> bytes)
    {
        string folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        string temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}{TemporarySuffix}");
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
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
        if (OperatingSystem.IsWindows()) return;
        // File.OpenHandle refuses folders.
        int descriptor = Open(folder, 0);
        if (descriptor < 0) throw Failure("open", folder);
        try
        {
            if (FSync(descriptor) < 0) throw Failure("flush", folder);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failure(string what, string folder) =>
        new($"Can't {what} the folder {folder}: {Marshal.GetLastPInvokeErrorMessage()}", new Win32Exception(Marshal.GetLastPInvokeError()));

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int FSync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}
