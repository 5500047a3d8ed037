using System.Text.Json;

namespace LocalRecall.Build;

/// <summary>
/// The .NET tool: one package that names the command, and one for this kind of machine that holds the native program, the host beside it and
/// the model. The SDK (10 and later) picks the second by the first. Both are put together from what was published, since the SDK's own
/// packing of tools takes one project and its runtime.
/// </summary>
internal static class Package
{
    public const string Id = "LocalRecall";

    public static string Folder { get; } = Tools.InRoot("artifacts", "package");

    /// <summary>What the package for this kind of machine holds.</summary>
    public static string Content { get; } = Tools.InRoot("artifacts", "package-content");

    public static async Task PackAsync(string[] properties)
    {
        var (code, output) = await Tools.ReadDotnetAsync(["msbuild", "src/LocalRecall.Host", "-nologo", "-getProperty:Version", "-getProperty:NETCoreSdkRuntimeIdentifier", .. properties]);
        if (code != 0)
            throw new BuildException(output);
        using var json = JsonDocument.Parse(output);
        var values = json.RootElement.GetProperty("Properties");
        var (version, platform) = (values.GetProperty("Version").GetString()!, values.GetProperty("NETCoreSdkRuntimeIdentifier").GetString()!);
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
        Directory.CreateDirectory(Folder);

        Console.WriteLine("Packing the .NET tool …");
        var runs = OperatingSystem.IsWindows() ? "recall.exe" : "recall";
        await PackAsync($"{Id}.{platform}", version, "DotnetToolRidPackage", $"tools/any/{platform}", Content, $"""
            <Commands>
              <Command Name="recall" EntryPoint="{runs}" Runner="executable" />
            </Commands>
            """);
        await PackAsync(Id, version, "DotnetTool", "tools/any/any", null, $"""
            <Commands>
              <Command Name="recall" />
            </Commands>
            <RuntimeIdentifierPackages>
              <RuntimeIdentifierPackage RuntimeIdentifier="{platform}" Id="{Id}.{platform}" />
            </RuntimeIdentifierPackages>
            """);
    }

    /// <param name="content">A folder that goes in, or null.</param>
    private static async Task PackAsync(string id, string version, string type, string place, string? content, string settings)
    {
        var work = Directory.CreateTempSubdirectory("localrecall-package-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(work, "DotnetToolSettings.xml"), $"""
                <?xml version="1.0" encoding="utf-8"?>
                <DotNetCliTool Version="2">
                {settings}
                </DotNetCliTool>
                """);
            var files = content is null ? "" : $"""<file src="{Path.Combine(content, "**")}" target="{place}" />""";
            await File.WriteAllTextAsync(Path.Combine(work, $"{id}.nuspec"), $"""
                <?xml version="1.0" encoding="utf-8"?>
                <package xmlns="http://schemas.microsoft.com/packaging/2012/06/nuspec.xsd">
                  <metadata>
                    <id>{id}</id>
                    <version>{version}</version>
                    <authors>The LocalRecall authors</authors>
                    <license type="expression">MIT</license>
                    <readme>README.md</readme>
                    <description>The memory that coding agents on a machine share: recall, its host and the model.</description>
                    <packageTypes><packageType name="{type}" /></packageTypes>
                  </metadata>
                  <files>
                    <file src="DotnetToolSettings.xml" target="{place}" />
                    <file src="{Tools.InRoot("README.md")}" target="" />
                    {files}
                  </files>
                </package>
                """);
            await Tools.DotnetAsync("pack", Path.Combine(work, $"{id}.nuspec"), "--nologo", "-o", Folder);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }
}
