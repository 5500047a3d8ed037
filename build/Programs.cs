namespace LocalRecall.Build;

/// <summary>The two programs.</summary>
internal static class Programs
{
    private const string NativeAdvice = "recall could not be built as a native program. That takes a C toolchain: clang or gcc with zlib's headers (Debian: clang zlib1g-dev), Xcode's command line tools, or Visual Studio's C++ tools.";

    /// <summary>For this machine, to try out and to measure.</summary>
    public static string Folder { get; } = Tools.InRoot("artifacts", "bin");

    /// <summary>For any machine of this kind.</summary>
    public static string ReleaseFolder { get; } = Tools.InRoot("artifacts", "publish");

    /// <summary>Builds both, unless they are newer than everything they are made of.</summary>
    /// <param name="nativeOnly">Whether a machine that can't link native programs is an error; otherwise <c>recall</c> is a managed program there.</param>
    public static async Task PublishAsync(string[] properties, bool nativeOnly)
    {
        var stamp = Path.Combine(Folder, ".published");
        var asked = string.Join(' ', properties);
        if (File.Exists(stamp) && File.GetLastWriteTimeUtc(stamp) > NewestInput()
            && await File.ReadAllLinesAsync(stamp) is [var made, var kind] && made == asked && (kind == "native" || !nativeOnly))
            return;

        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
        await HostAsync(Folder, properties, "--self-contained", "false");

        Console.WriteLine("Building recall …");
        string[] recall = RecallArguments(Folder, properties);
        var kindMade = "native";
        if (await Tools.TryDotnetAsync(recall) != 0)
        {
            if (nativeOnly)
                throw new BuildException(NativeAdvice);
            Console.WriteLine(NativeAdvice + " Going on with a managed one, which starts slower.");
            kindMade = "managed";
            await Tools.DotnetAsync([.. recall, "-p:PublishAot=false", "--self-contained", "false"]);
        }
        CopyModels(Folder);
        await File.WriteAllLinesAsync(stamp, [asked, kindMade]);
    }

    /// <summary>Builds what is given to others: a folder that needs no .NET, and the .NET tool, which has it from its SDK.</summary>
    public static async Task ReleaseAsync(string[] properties)
    {
        foreach (var folder in (string[])[ReleaseFolder, Package.Content])
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
        await HostAsync(ReleaseFolder, [.. properties, "-p:HostReadyToRun=true"], "--self-contained", "true");
        await HostAsync(Package.Content, [.. properties, "-p:HostReadyToRun=true"], "--self-contained", "false");
        Console.WriteLine("Building recall …");
        if (await Tools.TryDotnetAsync(RecallArguments(ReleaseFolder, properties)) != 0)
            throw new BuildException(NativeAdvice);
        var recall = OperatingSystem.IsWindows() ? "recall.exe" : "recall";
        File.Copy(Path.Combine(ReleaseFolder, recall), Path.Combine(Package.Content, recall));
        CopyModels(ReleaseFolder);
        CopyModels(Package.Content);
        await Package.PackAsync(properties);
    }

    private static async Task HostAsync(string folder, string[] properties, params string[] kind)
    {
        Console.WriteLine("Building localrecall-host …");
        await Tools.DotnetAsync(["publish", "src/LocalRecall.Host", "-c", "Release", "--nologo", "-v", "q", "-o", folder, "-p:DebugType=none", "--use-current-runtime", .. kind, .. properties]);
    }

    private static string[] RecallArguments(string folder, string[] properties) =>
        ["publish", "src/LocalRecall.Cli", "-c", "Release", "--nologo", "-v", "q", "-o", folder, "-p:DebugType=none", "-p:StripSymbols=true", "-p:CopyOutputSymbolsToPublishDirectory=false", .. properties];

    /// <summary>The host looks for its models beside itself first.</summary>
    private static void CopyModels(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(Tools.InRoot("artifacts", "models"), "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) is not ".lock"))
        {
            var copy = Path.Combine(folder, "models", Path.GetRelativePath(Tools.InRoot("artifacts", "models"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }
    }

    /// <summary>Builds the session of the load benchmark in <c>artifacts/bench-session/</c>, unless it is newer than what it is made of.</summary>
    public static async Task PublishSessionAsync(string[] properties)
    {
        var folder = Tools.InRoot("artifacts", "bench-session");
        var stamp = Path.Combine(folder, ".published");
        if (File.Exists(stamp) && File.GetLastWriteTimeUtc(stamp) > NewestInput("tests/LocalRecall.BenchSession"))
            return;
        Console.WriteLine("Building bench-session …");
        await Tools.DotnetAsync(["publish", "tests/LocalRecall.BenchSession", "-c", "Release", "--nologo", "-v", "q", "-o", folder, "-p:DebugType=none", "-p:StripSymbols=true", "-p:CopyOutputSymbolsToPublishDirectory=false", .. properties]);
        await File.WriteAllTextAsync(stamp, "");
    }

    private static DateTime NewestInput(params string[] more) =>
        ((string[])["src", "standins", "hocon", "build", "artifacts/prepared", .. more])
            .Select(folder => new DirectoryInfo(Tools.InRoot(folder)))
            .Where(folder => folder.Exists)
            .SelectMany(folder => folder.EnumerateFiles("*", SearchOption.AllDirectories))
            .Where(file => !file.FullName[Tools.Root.Length..].Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            .Concat(new DirectoryInfo(Tools.Root).EnumerateFiles())
            .Max(file => file.LastWriteTimeUtc);
}
