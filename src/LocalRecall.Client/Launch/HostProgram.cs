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
    private static readonly TimeSpan VersionLimit = TimeSpan.FromSeconds(10);

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

    /// <summary>What it says of itself: a run of some tens of milliseconds.</summary>
    /// <returns>Null: it says nothing sensible, or not within ten seconds.</returns>
    public async Task<string?> VersionAsync(CancellationToken cancellation = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(VersionLimit);
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(FileName, [.. Arguments, HostProcess.VersionArgument])
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, CreateNoWindow = true,
            })!;
            try
            {
                process.ErrorDataReceived += (_, _) => { };
                process.BeginErrorReadLine();
                string output = await process.StandardOutput.ReadToEndAsync(limit.Token).ConfigureAwait(false);
                await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
                return process.ExitCode == 0 ? output.Trim() : null;
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true); // it was started for this question alone
                cancellation.ThrowIfCancellationRequested();
                return null;
            }
        }
        catch (Win32Exception)
        {
            return null; // it can't be started
        }
    }

    /// <summary>The same only for the same version of the same file, unchanged.</summary>
    internal string Identity(string version)
    {
        string file = Arguments.LastOrDefault(File.Exists) ?? FileName;
        return $"{version} {file} {File.GetLastWriteTimeUtc(file):O}";
    }

    public override string ToString() => string.Join(' ', Arguments.Prepend(FileName));

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
