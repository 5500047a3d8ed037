using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace LocalRecall.Build;

/// <summary>The suite in <c>tests/clients</c>: what agents and programs use, from npm, against the programs as they are published.</summary>
internal static partial class Clients
{
    private static readonly string Folder = Tools.InRoot("tests", "clients");

    /// <summary>Without npm nothing is run: nobody needs it to work on the rest.</summary>
    public static async Task<(int Passed, int Failed, int Skipped)> RunAsync(string[] properties)
    {
        if (await RunAsync(Npm, ["--version"]) is null || await RunAsync("node", ["--version"]) is null)
        {
            Console.WriteLine("Skipped: there is no Node.js with npm on the PATH.");
            return (0, 0, 1);
        }

        await Programs.PublishAsync(properties, nativeOnly: false);
        var installed = new FileInfo(Path.Combine(Folder, "node_modules", ".package-lock.json"));
        if (!installed.Exists || installed.LastWriteTimeUtc < File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json")))
        {
            if (await RunAsync(Npm, ["ci"]) is not (0, _))
                throw new BuildException("npm could not install what tests/clients/package-lock.json names.");
        }

        // On some systems a package brings the Node.js that the others want.
        var bundled = Path.Combine(Folder, "node_modules", ".bin", "node");
        var (code, output) = (await RunAsync(File.Exists(bundled) ? bundled : "node", ["run.mjs"]))!.Value;
        var counts = Counts().Match(output);
        if (!counts.Success)
        {
            Console.WriteLine($"tests/clients did not finish (exit code {code}): counted as one failure.");
            return (0, 1, 0);
        }
        return (Count(1), Count(2), Count(3));

        int Count(int group) => int.Parse(counts.Groups[group].ValueSpan);
    }

    private static string Npm => OperatingSystem.IsWindows() ? "npm.cmd" : "npm";

    /// <summary>Runs it in the suite's folder; null if there is no such program.</summary>
    private static async Task<(int ExitCode, string Output)?> RunAsync(string program, string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true })!;
            var output = new List<string>();
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                output.Add(line);
                Console.WriteLine(line);
            }
            await process.WaitForExitAsync();
            return (process.ExitCode, string.Join('\n', output));
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^(\d+) passed, (\d+) failed, (\d+) skipped$", RegexOptions.Multiline | RegexOptions.RightToLeft)]
    private static partial Regex Counts();
}
