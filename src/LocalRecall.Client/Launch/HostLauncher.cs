using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Client;

/// <summary>
/// Starts a host in the background: in a session of its own, without this process's terminal, pipes or handles, with the home folder
/// as working directory and <c>host.log</c> as output. Starting more than one is harmless: all but one exit at once.
/// </summary>
internal sealed class HostLauncher(string home, HostProgram? program)
{
    private const long LogLimitBytes = 4 << 20;
    private const int TailBytes = 2000;
    private const int RoomBytes = 4096;

    private readonly string logPath = Path.Combine(home, HostProcess.LogFile);

    /// <exception cref="RecallException"><see cref="FailureCode.HostUnavailable"/>: there is none.</exception>
    public HostProgram Program => program ?? HostProgram.Find();

    /// <returns>The started process's exit code, once it exits.</returns>
    /// <exception cref="RecallException"><see cref="FailureCode.HostUnavailable"/></exception>
    public Task<int> Start(params string[] arguments)
    {
        HostProgram found = Program;
        found = found with { Arguments = [.. found.Arguments, .. arguments] };
        try
        {
            PrepareHome();
            return OperatingSystem.IsWindows() ? StartOnWindows(found) : PosixSpawn.Start(found, home, logPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RecallException(
                FailureCode.HostUnavailable,
                $"The home folder {home} can't be written: {e.Message} Set {HomeFolder.Variable} to a folder that can.", e);
        }
        catch (Win32Exception e)
        {
            throw new RecallException(FailureCode.HostUnavailable, $"{found.FileName} can't be started: {e.Message}", e);
        }
    }

    /// <summary>The last lines that a host printed.</summary>
    public string LogTail()
    {
        try
        {
            using var log = new FileStream(logPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            log.Seek(-Math.Min(TailBytes, log.Length), SeekOrigin.End);
            using var reader = new StreamReader(log, Encoding.UTF8);
            string tail = reader.ReadToEnd().Trim();
            return tail.Length == 0 ? $"{logPath} is empty." : $"{logPath} ends:\n{tail}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"There is no {logPath}.";
        }
    }

    private void PrepareHome()
    {
        HomeFolder.Create(home);
        if (File.Exists(logPath) && new FileInfo(logPath).Length > LogLimitBytes)
        {
            File.Move(logPath, logPath + ".1", overwrite: true);
        }

        using var log = new FileStream(logPath, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete); // shows that it can be written

        // On a full disk a host could not even say why it ends.
        using var room = new FileStream($"{logPath}.{Environment.ProcessId}.tmp", FileMode.Create, FileAccess.Write, FileShare.Delete, bufferSize: 0, FileOptions.DeleteOnClose);
        room.Write(new byte[RoomBytes]);
    }

    /// <summary>Only ShellExecute starts a process that inherits no handles; cmd then sets what ShellExecute can't.</summary>
    private async Task<int> StartOnWindows(HostProgram found)
    {
        string command = string.Join(' ', found.Arguments.Prepend(found.FileName).Select(a => $"\"{a}\""));
        using Process process = Process.Start(new ProcessStartInfo("cmd.exe")
        {
            Arguments = $"/d /s /c \"set \"{HomeFolder.Variable}={home}\"&& {command} >> \"{logPath}\" 2>&1 < NUL\"",
            UseShellExecute = true,
            WindowStyle = ProcessWindowStyle.Hidden,
            WorkingDirectory = home,
        })!;
        await process.WaitForExitAsync().ConfigureAwait(false);
        return process.ExitCode;
    }
}
