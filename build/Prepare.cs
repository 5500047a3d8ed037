using System.Text.Json;
using System.Text.RegularExpressions;
using LocalRecall.Infrastructure.Models;

namespace LocalRecall.Build;

/// <summary>What a build needs to know and have first: which packages the feed carries, and the pinned downloads.</summary>
internal static partial class Prepare
{
    private static readonly string[] Settings =
        ["StandIns", "StandInPackages", "AkkaPackages", "FeedAnswered", "FeedAnswerFile", "FeedSources", "PreparedFolder", "NativeTargetFramework", "AkkaVersion", "TokenizersVersion", "OnnxRuntimeVersion"];

    /// <param name="properties">MSBuild properties as on the command line, <c>-p:Name=Value</c>.</param>
    /// <param name="again">Ask the feed even if it has answered.</param>
    /// <param name="stamp">A file to write when all is there. Given by a build, which gets on without the downloads as far as it can.</param>
    public static async Task<int> RunAsync(string[] properties, bool again = false, string? stamp = null)
    {
        var settings = await EvaluateAsync(properties);
        Directory.CreateDirectory(settings["PreparedFolder"]);
        using var mine = await LockAsync(Path.Combine(settings["PreparedFolder"], ".lock"));

        // Another process may have asked while this one waited.
        settings = await EvaluateAsync(properties);
        if (again || settings["FeedAnswered"] != "true")
        {
            await AskFeedAsync(settings, properties);
            settings = await EvaluateAsync(properties);
            Console.WriteLine(settings["StandInPackages"] is "" ? "Every package is genuine." : $"Standing in for {string.Join(", ", StandIns())}.");
            Console.WriteLine($"Native programs target {settings["NativeTargetFramework"]}.");
        }

        var complete = await DownloadAsync(StandIns(), mustHave: stamp is null);
        if (complete && stamp is not null)
            await File.WriteAllTextAsync(stamp, "");
        return 0;

        HashSet<string> StandIns() => new(settings["StandInPackages"].Split(';'), StringComparer.OrdinalIgnoreCase);
    }

    private static async Task<Dictionary<string, string>> EvaluateAsync(string[] properties)
    {
        var (code, output) = await Tools.ReadDotnetAsync(["msbuild", "Directory.Packages.props", "-nologo", .. Settings.Select(name => "-getProperty:" + name), .. properties]);
        if (code != 0)
            throw new BuildException(output);
        using var json = JsonDocument.Parse(output);
        return json.RootElement.GetProperty("Properties").EnumerateObject().ToDictionary(property => property.Name, property => property.Value.GetString()!);
    }

    /// <summary>Restores one tiny project for each question, all at once, and remembers which of them could be restored.</summary>
    private static async Task AskFeedAsync(Dictionary<string, string> settings, string[] properties)
    {
        Console.WriteLine("Asking the package feed what it has …");
        var akka = settings["AkkaPackages"].Split(';');
        // Named otherwise than any package: NuGet takes a project for the package of its name.
        Dictionary<string, string> questions = new()
        {
            ["feed-akka"] = Project("", [.. akka.Select(id => (id, settings["AkkaVersion"]))]),
            ["feed-onnxruntime"] = Project("", [("Microsoft.ML.OnnxRuntime", settings["OnnxRuntimeVersion"])]),
            ["feed-tokenizers"] = Project("", [("Microsoft.ML.Tokenizers", settings["TokenizersVersion"])]),
            ["feed-native"] = Project("<PublishAot>true</PublishAot><UseCurrentRuntimeIdentifier>true</UseCurrentRuntimeIdentifier>", []),
        };

        var folder = Path.Combine(settings["PreparedFolder"], "feed");
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        foreach (var (name, project) in questions)
            Write(Path.Combine(name, name + ".csproj"), project);
        // Nothing of the root's settings, and above all not its question to this very code.
        foreach (var name in (string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "Directory.Solution.props", "Directory.Solution.targets"])
            Write(name, "<Project />");
        Write("feed.slnx", $"<Solution>{string.Concat(questions.Keys.Select(name => $"<Project Path=\"{name}/{name}.csproj\" />"))}</Solution>");

        var (code, output) = await Tools.ReadDotnetAsync(["restore", Path.Combine(folder, "feed.slnx"), .. properties.Where(property => !property.StartsWith("-p:StandIns=", StringComparison.OrdinalIgnoreCase))]);
        var errors = RestoreError().Matches(output);
        if (errors.FirstOrDefault(error => error.Groups["code"].Value is "NU1301" or "NU1302") is { } unreachable || (code != 0 && errors.Count == 0))
        {
            var message = $"The package feed could not be asked:\n{output.Trim()}\nCheck the network and the NuGet configuration, then try again.";
            if (settings["StandIns"] is "")
                throw new BuildException(message + " Or say what it has: -p:StandIns=all (none of Akka.NET, ONNX Runtime, Tokenizers) or -p:StandIns=none (all of them).");
            Console.WriteLine(message);
            return;
        }
        var missing = errors.Select(error => error.Groups["name"].Value).ToHashSet();
        string[] standIns =
        [
            .. missing.Contains("feed-akka") ? akka : [],
            .. missing.Contains("feed-onnxruntime") ? (string[])["Microsoft.ML.OnnxRuntime"] : [],
            .. missing.Contains("feed-tokenizers") ? (string[])["Microsoft.ML.Tokenizers"] : [],
        ];
        Directory.Delete(folder, recursive: true);

        var answer = $"""
            <Project>
              <!-- What the package feed answered on {DateTimeOffset.Now:yyyy-MM-dd HH:mm}. `prepare` with its option `again` asks anew.
            {string.Join('\n', errors.Select(error => $"{error.Groups["code"].Value}: {error.Groups["text"].Value}").Distinct()).Replace("--", "- -")}
              -->
              <PropertyGroup>
                <AnsweredStandIns>{string.Join(';', standIns)}</AnsweredStandIns>
                <AnsweredNativeTargetFramework>{(missing.Contains("feed-native") ? "net9.0" : "net10.0")}</AnsweredNativeTargetFramework>
                <AnsweredSources>{System.Security.SecurityElement.Escape(settings["FeedSources"])}</AnsweredSources>
              </PropertyGroup>
            </Project>
            """;
        var temporary = settings["FeedAnswerFile"] + ".new";
        await File.WriteAllTextAsync(temporary, answer);
        File.Move(temporary, settings["FeedAnswerFile"], overwrite: true);

        void Write(string path, string text)
        {
            path = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        static string Project(string settings, (string Id, string Version)[] packages) => $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType><NuGetAudit>false</NuGetAudit>{settings}</PropertyGroup>
              <ItemGroup>{string.Concat(packages.Select(package => $"<PackageReference Include=\"{package.Id}\" Version=\"{package.Version}\" />"))}</ItemGroup>
            </Project>
            """;
    }

    /// <returns>False if something is missing and that may be.</returns>
    private static async Task<bool> DownloadAsync(HashSet<string> standIns, bool mustHave)
    {
        var complete = true;
        foreach (var target in PinnedTarget.ReadAll(Tools.Root).Where(target => target.StandIn is null || standIns.Contains(target.StandIn)))
        {
            try
            {
                await new PinnedDownload().EnsureAsync(target.Set, target.Folder, new ProgressLine());
            }
            catch (PinnedDownloadException e)
            {
                if (mustHave)
                    throw new BuildException(e.Message);
                complete = false;
                Console.WriteLine($"LocalRecall : warning LR0001: {e.Message.ReplaceLineEndings(" ")}");
            }
        }
        return complete;
    }

    private static async Task<FileStream> LockAsync(string path)
    {
        for (var waits = 0; ; waits++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                if (waits == 10)
                    Console.WriteLine("Waiting for another process that prepares the same …");
                await Task.Delay(100);
            }
        }
    }

    [GeneratedRegex(@"(?<name>[\w-]+)\.csproj : error (?<code>NU\d+): (?<text>.*?) *(\[.*\])?\r?$", RegexOptions.Multiline)]
    private static partial Regex RestoreError();

    /// <summary>One line that is written over on a terminal; elsewhere a line for each tenth.</summary>
    private sealed class ProgressLine : IProgress<DownloadProgress>
    {
        private string _last = "";

        public void Report(DownloadProgress value)
        {
            var percent = value.TotalBytes == 0 ? 0 : (int)(100 * value.DoneBytes / value.TotalBytes);
            var shown = Console.IsOutputRedirected ? percent / 10 * 10 : percent;
            var line = value.TotalBytes == 0
                ? $"{value.Id}: {value.Step}"
                : $"{value.Id}: {value.Step} {shown,3} % of {value.TotalBytes / 1e6:0.0} MB";
            if (line == _last)
                return;
            if (Console.IsOutputRedirected)
                Console.WriteLine(line);
            else
                Console.Write($"\r{line.PadRight(_last.Length)}{(value.DoneBytes == value.TotalBytes ? "\n" : "")}");
            _last = line;
        }
    }
}
