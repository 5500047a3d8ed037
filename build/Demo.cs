using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace LocalRecall.Build;

/// <summary>A host of its own in a temporary home: imports a folder, answers five searches, and is gone.</summary>
internal static class Demo
{
    private const int Hits = 3;

    private static readonly string[] SampleQuestions =
    [
        "why does one actor own the ONNX session?",
        "what makes a search from a fresh process fast",
        "tokenizer loses newlines and symbols",
        "what survives kill -9 of the host",
        "why does my message get lost without an error?",
    ];

    /// <param name="folder">Null: <c>samples/memories</c>. Relative to where the caller was.</param>
    public static async Task<int> RunAsync(string? folder, string[] properties)
    {
        var samples = Tools.InRoot("samples", "memories");
        var memories = folder is null ? samples : Path.GetFullPath(folder, Environment.GetEnvironmentVariable("CALLED_FROM") ?? Environment.CurrentDirectory);
        if (!Directory.Exists(memories))
            throw new BuildException($"There is no folder {memories}.");
        var questions = folder is null ? SampleQuestions : QuestionsAbout(memories);

        await Prepare.RunAsync(properties);
        await Programs.PublishAsync(properties, nativeOnly: false);

        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var home = Directory.CreateTempSubdirectory("localrecall-demo-").FullName;
        var recall = new Recall(home, stop.Token);
        int? host = null;
        try
        {
            Console.WriteLine($"\nA host of its own, with its home in {home}");
            var started = Stopwatch.StartNew();
            await recall.ShowAsync("host", "start");
            host = HostPid(home) ?? throw new BuildException("The host did not say where it listens.");
            Console.WriteLine($"started in {started.Elapsed.TotalSeconds:0.0} s\n");

            Console.WriteLine($"recall import {memories}");
            started.Restart();
            await recall.ShowAsync("import", memories);
            Console.WriteLine($"imported in {started.Elapsed.TotalSeconds:0.0} s");

            List<(double WallMs, long PeakBytes)> runs = [];
            foreach (var question in questions)
                runs.Add(await SearchAsync(recall, question));

            runs.Sort();
            Console.WriteLine($"\nrecall search: {runs[runs.Count / 2].WallMs:0} ms for a whole process (median of {runs.Count}), {Megabytes(runs.Max(run => run.PeakBytes))} at most");
            using var process = Process.GetProcessById(host.Value);
            Console.WriteLine($"localrecall-host: {Megabytes(process.WorkingSet64)} now, {Megabytes(process.PeakWorkingSet64)} at most, the one copy of the model included");
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw new BuildException("Stopped.");
        }
        finally
        {
            await EndAsync(home, host ?? HostPid(home));
        }
        Console.WriteLine("The host has stopped; its home is deleted.");
        return 0;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task<(double WallMs, long PeakBytes)> SearchAsync(Recall recall, string question)
    {
        var (output, wallMs, peakBytes) = await recall.ReadAsync("search", "--json", "--limit", Hits.ToString(CultureInfo.InvariantCulture), question);
        using var json = JsonDocument.Parse(output);
        Console.WriteLine($"\nrecall search \"{question}\"");
        foreach (var hit in json.RootElement.GetProperty("results").EnumerateArray())
        {
            var matched = string.Join("+", hit.GetProperty("matched").EnumerateArray().Select(by => by.GetString()));
            Console.WriteLine($"  {hit.GetProperty("score").GetDouble():0.00}  {Line(hit.GetProperty("subject").GetString(), 100)}  [{matched}]");
            Console.WriteLine($"        {Line(hit.GetProperty("content").GetString(), 110)}");
        }
        if (json.RootElement.GetProperty("degraded") is { ValueKind: JsonValueKind.String } degraded)
            Console.WriteLine($"  degraded: {degraded.GetString()}");
        var timings = json.RootElement.GetProperty("timings");
        Console.WriteLine($"  {wallMs:0} ms, of which {timings.GetProperty("embedMs").GetDouble():0.0} ms embedding the query and {timings.GetProperty("searchMs").GetDouble():0.0} ms searching");
        return (wallMs, peakBytes);
    }

    /// <summary>Stops the host and waits until it is gone, whatever state it is in.</summary>
    private static async Task EndAsync(string home, int? pid)
    {
        if (pid is not null)
        {
            try
            {
                using var host = Process.GetProcessById(pid.Value);
                await new Recall(home, CancellationToken.None).TryReadAsync("host", "stop");
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
                await host.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (!host.HasExited)
                    host.Kill();
            }
            catch (ArgumentException)
            {
                // It is gone already.
            }
        }
        Directory.Delete(home, recursive: true);
    }

    private static int? HostPid(string home)
    {
        var endpoint = Path.Combine(home, "endpoint.json");
        if (!File.Exists(endpoint))
            return null;
        using var json = JsonDocument.Parse(File.ReadAllBytes(endpoint));
        return json.RootElement.GetProperty("pid").GetInt32();
    }

    /// <summary>What five of the files say they are about.</summary>
    private static string[] QuestionsAbout(string folder)
    {
        var files = Directory.EnumerateFiles(folder, "*.md", SearchOption.AllDirectories).Order().ToArray();
        var subjects = Enumerable.Range(0, 5).Select(i => files.Length == 0 ? null : Subject(files[i * files.Length / 5])).OfType<string>().Distinct().ToArray();
        return subjects is [] ? SampleQuestions : subjects;

        static string? Subject(string file)
        {
            var lines = File.ReadLines(file).Take(40).ToList();
            var at = lines.FindIndex(line => line.StartsWith("subject:", StringComparison.Ordinal));
            var text = at < 0
                ? lines.FirstOrDefault(line => line.StartsWith('#'))?.TrimStart('#')
                : lines[at]["subject:".Length..].Replace(">-", "") + " " + string.Join(' ', lines.Skip(at + 1).TakeWhile(line => line.StartsWith(' ')));
            var words = text?.Trim(' ', '\'', '"').Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
            return words is [] ? null : string.Join(' ', words.Take(12)).TrimEnd('.');
        }
    }

    private static string Line(string? text, int length)
    {
        var line = string.Join(' ', (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= length ? line : line[..(length - 1)] + "…";
    }

    private static string Megabytes(long bytes) => $"{bytes / 1e6:0} MB";

    /// <summary>The <c>recall</c> program of this build, with a home of its own.</summary>
    private sealed class Recall(string home, CancellationToken stop)
    {
        private static readonly string Program = Path.Combine(Programs.Folder, OperatingSystem.IsWindows() ? "recall.exe" : "recall");

        /// <summary>Runs it on this console.</summary>
        public async Task ShowAsync(params string[] arguments)
        {
            using var process = Process.Start(StartInfo(arguments))!;
            await EndedAsync(process, arguments);
        }

        /// <summary>Runs it and returns what it printed, how long all of it took, and the most memory it was seen with.</summary>
        public async Task<(string Output, double WallMs, long PeakBytes)> ReadAsync(params string[] arguments)
        {
            var start = StartInfo(arguments);
            start.RedirectStandardOutput = true;
            var peakBytes = 0L;
            var watch = Stopwatch.StartNew();
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(stop);
            while (!output.IsCompleted)
            {
                try
                {
                    process.Refresh();
                    peakBytes = Math.Max(peakBytes, process.PeakWorkingSet64);
                }
                catch (InvalidOperationException)
                {
                    // It has just ended.
                }
                await Task.WhenAny(output, Task.Delay(1, stop));
            }
            await EndedAsync(process, arguments);
            return (await output, watch.Elapsed.TotalMilliseconds, peakBytes);
        }

        /// <summary>Runs it, whatever comes of it.</summary>
        public async Task TryReadAsync(params string[] arguments)
        {
            var start = StartInfo(arguments);
            start.RedirectStandardOutput = start.RedirectStandardError = true;
            using var process = Process.Start(start)!;
            await Task.WhenAll(process.StandardOutput.ReadToEndAsync(stop), process.StandardError.ReadToEndAsync(stop), process.WaitForExitAsync(stop));
        }

        private async Task EndedAsync(Process process, string[] arguments)
        {
            await process.WaitForExitAsync(stop);
            // 3: nothing found, 6: some files could not be read, as it has said itself.
            if (process.ExitCode is not (0 or 3 or 6))
                throw new BuildException($"recall {string.Join(' ', arguments)} ended with exit code {process.ExitCode}.");
        }

        private ProcessStartInfo StartInfo(string[] arguments)
        {
            var start = new ProcessStartInfo(Program, arguments);
            start.Environment["LOCALRECALL_HOME"] = home;
            return start;
        }
    }
}
