namespace LocalRecall.Build;

/// <summary>The two programs in <c>artifacts/bin/</c>.</summary>
internal static class Programs
{
    public static string Folder { get; } = Tools.InRoot("artifacts", "bin");

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
        Console.WriteLine("Building localrecall-host …");
        await Tools.DotnetAsync(["publish", "src/LocalRecall.Host", "-c", "Release", "--nologo", "-v", "q", "-o", Folder, "-p:DebugType=none", "--use-current-runtime", "--self-contained", "false", .. properties]);

        Console.WriteLine("Building recall …");
        string[] recall = ["publish", "src/LocalRecall.Cli", "-c", "Release", "--nologo", "-v", "q", "-o", Folder, "-p:DebugType=none", "-p:StripSymbols=true", "-p:CopyOutputSymbolsToPublishDirectory=false", .. properties];
        var kindMade = "native";
        if (await Tools.TryDotnetAsync(recall) != 0)
        {
            const string Advice = "recall could not be built as a native program. That takes a C toolchain: clang or gcc with zlib's headers (Debian: clang zlib1g-dev), Xcode's command line tools, or Visual Studio's C++ tools.";
            if (nativeOnly)
                throw new BuildException(Advice);
            Console.WriteLine(Advice + " Going on with a managed one, which starts slower.");
            kindMade = "managed";
            await Tools.DotnetAsync([.. recall, "-p:PublishAot=false", "--self-contained", "false"]);
        }
        // The host looks for its models beside itself first.
        foreach (var file in Directory.EnumerateFiles(Tools.InRoot("artifacts", "models"), "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) is not ".lock"))
        {
            var copy = Path.Combine(Folder, "models", Path.GetRelativePath(Tools.InRoot("artifacts", "models"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }
        await File.WriteAllLinesAsync(stamp, [asked, kindMade]);
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
