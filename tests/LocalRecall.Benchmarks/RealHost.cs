using System.Diagnostics;
using System.Text;
using LocalRecall.Client;
using LocalRecall.Contracts;

namespace LocalRecall.Benchmarks;

/// <summary>A published host, ended when disposed.</summary>
internal sealed class RealHost : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _log;
    private readonly bool _ownHome;

    private RealHost(string home, bool ownHome, Process process, StringBuilder log)
    {
        Home = home;
        _ownHome = ownHome;
        _process = process;
        _log = log;
    }

    public string Home { get; }

    public int Id => _process.Id;

    public double RssMb => Megabytes(process => process.WorkingSet64);

    public double PeakRssMb => Megabytes(process => process.PeakWorkingSet64);

    /// <summary>Processor time of all its threads.</summary>
    public TimeSpan Processor
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>How its memory divides, where the system tells.</summary>
    public string? MemoryNote => File.Exists($"/proc/{_process.Id}/status")
        ? string.Join(", ", File.ReadLines($"/proc/{_process.Id}/status")
            .Where(line => line.StartsWith("RssAnon", StringComparison.Ordinal) || line.StartsWith("RssFile", StringComparison.Ordinal))
            .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Select(words => $"{words[0][3..^1].ToLowerInvariant()} {long.Parse(words[1]) * 1024 / 1e6:0} MB"))
        : null;

    /// <param name="store">A store file to begin with; it is copied.</param>
    /// <param name="existingHome">Stays when the host has ended; null: a home of its own, gone when disposed.</param>
    public static async Task<RealHost> StartAsync(string? store = null, string? existingHome = null)
    {
        string program = BenchPaths.Program(HostProcess.Name);
        string home = existingHome ?? Directory.CreateTempSubdirectory("localrecall-bench-home-").FullName;
        if (store is not null)
            File.Copy(store, Path.Combine(home, "recall.db"));
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[HomeFolder.Variable] = home;
        var log = new StringBuilder();
        var ready = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null || line.Data.StartsWith("ready", StringComparison.Ordinal))
                ready.TrySetResult(line.Data is not null);
        };
        process.ErrorDataReceived += (_, line) =>
        {
            lock (log)
                log.AppendLine(line.Data);
        };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!await ready.Task)
            throw new BenchException($"The host did not start:\n{log}");
        return new RealHost(home, existingHome is null, process, log);
    }

    public Task<RecallClient> ConnectAsync() => RecallClient.ConnectAsync(ClientOptions);

    /// <summary>Makes the host load its model.</summary>
    public async Task WarmUpAsync(int searches = 1)
    {
        await using RecallClient client = await ConnectAsync();
        for (int i = 0; i < searches; i++)
            await client.SearchAsync($"what was decided about number {i}");
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await using var client = new RecallClient(ClientOptions);
            await client.StopHostAsync(TimeSpan.FromSeconds(30));
        }
        catch (RecallException e)
        {
            Console.Error.WriteLine($"The host did not stop by itself: {e.Message}\n{_log}");
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        if (_ownHome)
            Directory.Delete(Home, recursive: true);
    }

    private RecallClientOptions ClientOptions => new() { Home = Home, ClientName = "bench", StartHost = false, Timeout = TimeSpan.FromMinutes(1) };

    private double Megabytes(Func<Process, long> bytes)
    {
        _process.Refresh();
        return bytes(_process) / 1e6;
    }
}
