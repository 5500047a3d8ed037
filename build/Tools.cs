using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;

namespace LocalRecall.Build;

/// <summary>Something that ends the script; the message says what to do.</summary>
internal sealed class BuildException(string message) : Exception(message);

internal static class Tools
{
    private static readonly string Dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    public static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), ".."));

    public static string InRoot(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    /// <summary>Runs dotnet with its output on the console; throws if it fails.</summary>
    public static async Task DotnetAsync(params string[] arguments)
    {
        if (await TryDotnetAsync(arguments) is var code and not 0)
            throw new BuildException($"dotnet {string.Join(' ', arguments)} ended with exit code {code}.");
    }

    /// <summary>Runs dotnet with its output on the console.</summary>
    /// <returns>Its exit code.</returns>
    public static async Task<int> TryDotnetAsync(params string[] arguments)
    {
        using var process = Process.Start(DotnetStart(arguments))!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>Runs dotnet and returns what it printed.</summary>
    public static async Task<(int ExitCode, string Output)> ReadDotnetAsync(params string[] arguments)
    {
        var start = DotnetStart(arguments);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var output = new StringBuilder();
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await process.WaitForExitAsync();
        return (process.ExitCode, output.ToString());

        void Add(string? line)
        {
            lock (output)
                output.AppendLine(line);
        }
    }

    private static ProcessStartInfo DotnetStart(string[] arguments)
    {
        var start = new ProcessStartInfo(Dotnet, arguments) { WorkingDirectory = Root };
        // What an outer MSBuild has set for itself is not meant for this one.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        return start;
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
