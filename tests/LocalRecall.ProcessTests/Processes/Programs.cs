using System.Reflection;

namespace LocalRecall.ProcessTests.Processes;

/// <summary>The programs under test, as this build made them, and what they need.</summary>
internal static class Programs
{
    public static string Host { get; } = Find("localrecall-host");

    /// <summary>The same host as version 0.0.1.</summary>
    public static string OlderHost { get; } = Find("older-localrecall-host");

    public static string Recall { get; } = Find("recall");

    public static string ProjectRoot { get; } = FindRoot();

    /// <summary><c>LOCALRECALL_MODELS</c>, else where <c>build.sh prepare</c> puts them.</summary>
    public static string Models { get; } =
        Environment.GetEnvironmentVariable("LOCALRECALL_MODELS") is { Length: > 0 } chosen ? chosen : Path.Combine(ProjectRoot, "artifacts", "models");

    /// <summary>For the environment of a host: it stays with the standard model.</summary>
    public const string OneModel = "LOCALRECALL_CHECK_FORMS=off";

    private static string Find(string name)
    {
        var path = typeof(Programs).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Program:" + name).Value
            + (OperatingSystem.IsWindows() ? ".exe" : "");
        return File.Exists(path) ? path : throw new FileNotFoundException($"{name} has not been built.", path);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LocalRecall.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("No LocalRecall.sln above " + AppContext.BaseDirectory);
    }
}
