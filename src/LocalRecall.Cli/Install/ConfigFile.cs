namespace LocalRecall.Cli.Install;

/// <summary>An agent's file on disk. A link is followed, and stays one.</summary>
internal static class ConfigFile
{
    /// <returns>Null: there is none.</returns>
    /// <exception cref="ConfigException">It can't be read.</exception>
    public static byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"{path} can't be read: {e.Message}", e);
        }
    }

    /// <summary>Replaces the file in one step, unless it is no longer what was read; keeps its mode.</summary>
    /// <param name="before">Null: there was none.</param>
    /// <param name="after">Null: it goes.</param>
    /// <exception cref="ConfigException">It can't be written, or another program has just done so.</exception>
    public static void Replace(string path, byte[]? before, byte[]? after)
    {
        try
        {
            string target = Target(path);
            if (after is null)
            {
                Check(path, before);
                File.Delete(path);
                return;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            string temporary = $"{target}.{Environment.ProcessId}.tmp";
            try
            {
                Write(temporary, after, ModeOf(target));
                Check(path, before);
                File.Move(temporary, target, overwrite: true);
            }
            catch
            {
                File.Delete(temporary);
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"{path} can't be written: {e.Message} Nothing was changed.", e);
        }
    }

    /// <summary>Keeps what a file was beside it, with its mode.</summary>
    /// <exception cref="ConfigException"/>
    public static void Keep(string path, string copy, byte[] bytes)
    {
        try
        {
            File.Delete(copy);
            Write(copy, bytes, ModeOf(Target(path)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"No backup can be made in {copy}: {e.Message} Nothing was changed.", e);
        }
    }

    private static void Check(string path, byte[]? before)
    {
        byte[]? now = Read(path);
        if (now is null != before is null || !now.AsSpan().SequenceEqual(before))
        {
            throw new ConfigException($"{path} has just been changed by another program. Nothing was changed; try again.");
        }
    }

    private static string Target(string path) =>
        new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;

    private static UnixFileMode? ModeOf(string path) => !OperatingSystem.IsWindows() && File.Exists(path) ? File.GetUnixFileMode(path) : null;

    private static void Write(string path, byte[] bytes, UnixFileMode? mode)
    {
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        if (mode is { } known && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(stream.SafeFileHandle, known);
        }

        stream.Write(bytes);
        stream.Flush(flushToDisk: true);
    }
}
