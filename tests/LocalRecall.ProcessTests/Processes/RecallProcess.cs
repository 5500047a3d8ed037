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

    /// <summary>Gives it its whole standard input.</summary>
    public async Task WriteAsync(string input)
    {
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
    }

    public Task<RecallResult> EndedAsync() => EndedAsync(TestHome.Patience);

    /// <exception cref="TimeoutException">It has not ended within that time.</exception>
    public async Task<RecallResult> EndedAsync(TimeSpan limit)
    {
        await process.WaitForExitAsync().WaitAsync(limit);
        var result = new RecallResult(process.ExitCode, await _output.WaitAsync(TestHome.Patience), await _error.WaitAsync(TestHome.Patience));
        process.StandardInput.Close();
        process.StandardOutput.Close();
        process.StandardError.Close();
        return result;
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int pid, int signal);
}
