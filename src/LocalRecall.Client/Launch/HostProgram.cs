using System.ComponentModel;
using System.Diagnostics;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Client;

/// <summary>Where the host's program is.</summary>
/// <param name="FileName">What to execute; a name without a folder is looked for on PATH.</param>
/// <param name="Arguments">What comes first on its command line.</param>
public sealed record HostProgram(string FileName, IReadOnlyList<string> Arguments)
{
    /// <summary><c>LOCALRECALL_HOST</c>, else beside the running program, else on PATH.</summary>
    /// <exception cref="RecallException"><see cref="FailureCode.HostUnavailable"/>: it is in none of them.</exception>
    public static HostProgram Find()
    {
        if (Environment.GetEnvironmentVariable(HostProcess.PathVariable) is { Length: > 0 } named)
        {
            return File.Exists(named)
                ? Of(Path.GetFullPath(named))
                : throw new RecallException(FailureCode.HostUnavailable, $"{HostProcess.PathVariable} names {named}, which does not exist.");
        }

        string[] own = [Path.GetDirectoryName(Environment.ProcessPath) ?? "", AppContext.BaseDirectory];
        string[] onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        string program = OperatingSystem.IsWindows() ? $"{HostProcess.Name}.exe" : HostProcess.Name;
        string? found = own.SelectMany(folder => new[] { Path.Combine(folder, program), Path.Combine(folder, $"{HostProcess.Name}.dll") })
            .Concat(onPath.Select(folder => Path.Combine(folder, program)))
            .FirstOrDefault(File.Exists);
        return found is not null
            ? Of(found)
            : throw new RecallException(
                FailureCode.HostUnavailable,
                $"{program} is neither beside this program nor on PATH. Put it there, or set {HostProcess.PathVariable} to its path.");
    }

    /// <summary>Runs it in the foreground: on Unix this process becomes the host.</summary>
    /// <returns>Its exit code.</returns>
    /// <exception cref="RecallException"><see cref="FailureCode.HostUnavailable"/></exception>
    public int Run()
    {
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                throw PosixSpawn.Execute(this);
            }

            using Process process = Process.Start(new ProcessStartInfo(FileName, Arguments) { UseShellExecute = false })!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (Win32Exception e)
        {
            throw new RecallException(FailureCode.HostUnavailable, $"{FileName} can't be started: {e.Message}", e);
        }
    }

    private static HostProgram Of(string path) =>
        path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
            ? new HostProgram(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } dotnet ? dotnet : "dotnet", [path])
            : new HostProgram(path, []);
}
