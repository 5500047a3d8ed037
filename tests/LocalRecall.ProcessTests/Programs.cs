using System.Reflection;

namespace LocalRecall.ProcessTests;

/// <summary>The programs under test, as this build made them.</summary>
internal static class Programs
{
    public static string Host { get; } = Find("localrecall-host");

    public static string Recall { get; } = Find("recall");

    private static string Find(string name)
    {
        var path = typeof(Programs).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Program:" + name).Value
            + (OperatingSystem.IsWindows() ? ".exe" : "");
        return File.Exists(path) ? path : throw new FileNotFoundException($"{name} has not been built.", path);
    }
}
