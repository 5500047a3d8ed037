using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using LocalRecall.Client;
using LocalRecall.Contracts;
using Xunit;

namespace LocalRecall.ProcessTests.Processes;

/// <summary>A home folder of its own, and every process that works in it; nothing of either is left behind.</summary>
public sealed class TestHome : IAsyncLifetime
{
    /// <summary>How long anything may take on a machine that does much else.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly string _folder = Directory.CreateTempSubdirectory("localrecall-process-").FullName;
    private readonly ConcurrentBag<Process> _started = [];

    /// <summary>Not made yet: whoever needs it first does that.</summary>
    public string Home => Path.Combine(_folder, "home");

    /// <summary>Where processes of this home look for models.</summary>
    public string Models { get; set; } = Programs.Models;

    /// <summary>More of the environment of those started from now on.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    public HostEndpoint? Endpoint => EndpointFile.TryRead(Home);

    /// <summary>A path beside the home folder.</summary>
    public string Beside(string name) => Path.Combine(_folder, name);

    /// <summary>Starts <c>recall</c>, in a folder that belongs to no project.</summary>
    public RecallProcess StartRecall(params string[] arguments) => new(Start(Programs.Recall, arguments));

    public Task<RecallResult> RecallAsync(params string[] arguments) => StartRecall(arguments).EndedAsync();

    /// <summary>Starts <c>recall mcp</c>.</summary>
    public McpSession StartMcp() => new(Start(Programs.Recall, ["mcp"]));

    /// <summary>Runs <c>recall</c> with a text as its standard input.</summary>
    public async Task<RecallResult> RecallWithInputAsync(string input, params string[] arguments)
    {
        RecallProcess recall = StartRecall(arguments);
        await recall.WriteAsync(input);
        return await recall.EndedAsync();
    }

    /// <summary>What those started from now on take for the host's program.</summary>
    public string HostProgram { get; set; } = Programs.Host;

    /// <summary>Starts a host and waits until it listens.</summary>
    public Task<HostRun> StartHostAsync() => BeginHost().ReadyAsync();

    /// <summary>Starts a host and does not wait.</summary>
    public HostRun BeginHost() => new(Start(HostProgram, []));

    /// <summary>Runs a host that is expected to give up at once.</summary>
    public Task<RecallResult> RunHostAsync() => new RecallProcess(Start(Programs.Host, [])).EndedAsync();

    /// <summary>A client that starts no host.</summary>
    public Task<RecallClient> ConnectAsync() =>
        RecallClient.ConnectAsync(new RecallClientOptions { Home = Home, StartHost = false, Timeout = Patience });

    /// <summary>A client that starts the host when there is none, as <c>recall</c> does.</summary>
    public RecallClient NewClient(string lease = "", TimeSpan? timeout = null) => new(new RecallClientOptions
    {
        Home = Home, Lease = lease, Timeout = timeout ?? Patience, Program = new HostProgram("env", [$"LOCALRECALL_MODELS={Programs.Models}", Programs.OneModel, Programs.Host]),
    });

    /// <summary>Ids of the processes that work in this home, those started in the background included. On Linux alone the answer is complete.</summary>
    public IReadOnlyList<int> ProcessIds()
    {
        if (OperatingSystem.IsLinux())
        {
            return [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => name!.All(char.IsAsciiDigit)).Select(name => int.Parse(name!)).Where(WorksHere)];
        }

        IEnumerable<Process> hosts = Process.GetProcessesByName(HostProcess.Name).Where(host => host.Id == Endpoint?.Pid);
        return [.. _started.Where(process => !process.HasExited).Concat(hosts).Select(process => process.Id).Distinct()];
    }

    /// <summary>Ids of the hosts that hold <c>host.lock</c> or have the index open: never more than one. Where there is no <c>/proc</c>, whom the endpoint file names.</summary>
    public IReadOnlyList<int> HostIds() =>
        OperatingSystem.IsLinux() ? [.. ProcessIds().Where(IsHost)] : [.. new[] { Endpoint?.Pid }.OfType<int>()];

    /// <summary>How many hosts have become ready that clients have started.</summary>
    public int StartedInTheBackground()
    {
        string log = Path.Combine(Home, HostProcess.LogFile);
        return File.Exists(log) ? File.ReadLines(log).Count(line => line.StartsWith("ready ", StringComparison.Ordinal)) : 0;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        // A process that dies may just have started another one.
        while (ProcessIds() is { Count: > 0 } ids)
        {
            foreach (int id in ids)
            {
                await KillAsync(id);
            }
        }

        foreach (Process process in _started)
        {
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static async Task KillAsync(int id)
    {
        try
        {
            using Process process = Process.GetProcessById(id);
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It has ended.
        }
    }

    private bool WorksHere(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/environ").Split('\0').Contains($"{HomeFolder.Variable}={Home}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // ended, or somebody else's
        }
    }

    /// <summary>A host that finds the lock taken has the file open for a moment too, but no lock on it.</summary>
    private bool IsHost(int id)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{id}/fd").Any(handle => File.ResolveLinkTarget(handle, returnFinalTarget: false)?.FullName is { } file
                && (file == Path.Combine(Home, "recall.db")
                    || (file == Path.Combine(Home, HostProcess.LockFile) && File.ReadAllText($"/proc/{id}/fdinfo/{Path.GetFileName(handle)}").Contains("lock:", StringComparison.Ordinal))));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // ended, or closed meanwhile
        }
    }

    private Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = Utf8,
            StandardOutputEncoding = Utf8,
            StandardErrorEncoding = Utf8,
        };
        start.Environment[HomeFolder.Variable] = Home;
        start.Environment[HostProcess.PathVariable] = HostProgram;
        start.Environment["LOCALRECALL_MODELS"] = Models;
        start.Environment["LOCALRECALL_CHECK_FORMS"] = "off";
        foreach ((string name, string value) in Variables)
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start)!;
        _started.Add(process);
        return process;
    }
}
