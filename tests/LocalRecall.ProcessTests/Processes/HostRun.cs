using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace LocalRecall.ProcessTests.Processes;

/// <summary>A host process in the foreground.</summary>
public sealed class HostRun
{
    private const int SigTerm = 15;

    private readonly Process _process;
    private readonly Task<string?> _firstLine;
    private readonly StringBuilder _log = new();

    internal HostRun(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
            {
                _log.AppendLine(line.Data);
            }
        };
        process.BeginErrorReadLine();
        _firstLine = process.StandardOutput.ReadLineAsync();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Waits for the ready line.</summary>
    public async Task<HostRun> ReadyAsync()
    {
        string? line = await _firstLine.WaitAsync(TestHome.Patience);
        return line?.StartsWith("ready akka.tcp://", StringComparison.Ordinal) == true
            ? this
            : throw new InvalidOperationException($"The host printed '{line}' instead of its ready line.\n{Log}");
    }

    /// <summary>Kills it as kill -9 does; it can't tidy up.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitCodeAsync();
    }

    /// <summary>Asks it to end, as a service manager does.</summary>
    public void Terminate(int signal = SigTerm)
    {
        if (kill(_process.Id, signal) != 0 && !_process.WaitForExit(TestHome.Patience))
        {
            throw new InvalidOperationException($"No signal could be sent: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TestHome.Patience);
        return _process.ExitCode;
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int pid, int signal);
}
