using System.Runtime.CompilerServices;

namespace LocalRecall.Benchmarks;

/// <summary>It can't be measured; the message says what to do.</summary>
internal sealed class BenchException(string message) : Exception(message);

internal static class BenchPaths
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "..", ".."));

    public static string Samples { get; } = Path.Combine(Root, "samples", "memories");

    public static string Results { get; } = Path.Combine(Root, "artifacts", "bench");

    public static string Models { get; } = Path.Combine(Root, "artifacts", "models");

    /// <summary>The session of a storm.</summary>
    public static string Session => Find("./build.sh bench load", "bench-session", "bench-session");

    /// <summary>A program as <c>publish</c> leaves it.</summary>
    public static string Program(string name) => Find("./build.sh publish", "bin", name);

    private static string Find(string verb, string folder, string name)
    {
        string path = Path.Combine(Root, "artifacts", folder, OperatingSystem.IsWindows() ? $"{name}.exe" : name);
        return File.Exists(path) ? path : throw new BenchException($"{path} is not there: run {verb}.");
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
