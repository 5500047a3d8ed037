using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace LocalRecall.ProcessTests.Processes;

/// <summary>A <c>recall</c> process that has ended.</summary>
public sealed record RecallResult(int ExitCode, string Output, string Error)
{
    /// <summary>What it printed with <c>--json</c>: one object on one line.</summary>
    public JsonObject Json => Output.TrimEnd('\n') is var line && !line.Contains('\n') && JsonNode.Parse(line) is JsonObject json
        ? json
        : throw new InvalidDataException($"Not one line of JSON: {this}");
}

/// <summary>A <c>recall</c> process that runs.</summary>
public sealed class RecallProcess(Process process)
{
    private const int SigInt = 2;

    private readonly Task<string> _output = process.StandardOutput.ReadToEndAsync();
    private readonly Task<string> _error = process.StandardError.ReadToEndAsync();

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>What Ctrl-C sends.</summary>
    public void Interrupt()
    {
        if (kill(process.Id, SigInt) != 0)
        {
            throw new InvalidOperationException($"No signal could be sent: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    public async Task<RecallResult> EndedAsync()
    {
        await process.WaitForExitAsync().WaitAsync(TestHome.Patience);
        return new RecallResult(process.ExitCode, await _output.WaitAsync(TestHome.Patience), await _error.WaitAsync(TestHome.Patience));
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int pid, int signal);
}
