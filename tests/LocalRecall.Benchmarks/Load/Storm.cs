namespace LocalRecall.Benchmarks.Load;

/// <summary>Processes of one storm: sessions that stay, clients that come at random moments, a bulk import. Their memory is watched; all have ended when it is disposed.</summary>
internal sealed class Storm : IAsyncDisposable
{
    public const int PauseMs = 1000;

    private readonly IReadOnlyList<(string Name, string Value)> _environment;
    private readonly List<Child> _children = [];
    private readonly MemoryWatch _memory;
    private readonly string _queries;
    private readonly IReadOnlyList<string> _asked;

    /// <param name="queries">To choose from; each gets a number, so that none is asked twice.</param>
    /// <param name="host">The host's process id, as soon as there is one.</param>
    public Storm(IReadOnlyList<string> queries, IReadOnlyList<(string Name, string Value)> environment, Func<int?> host)
    {
        _environment = environment;
        _asked = queries;
        Folder = Directory.CreateTempSubdirectory("localrecall-storm-").FullName;
        _queries = Path.Combine(Folder, "queries");
        Stop = Path.Combine(Folder, "stop");
        File.WriteAllLines(_queries, queries);
        _memory = new MemoryWatch(
            () => [.. Pids(), .. host() is { } pid ? [(Role.Host, pid)] : Array.Empty<(Role, int)>()],
            () =>
            {
                OutOfMemory = true;
                KillAll();
            });
    }

    /// <summary>For what processes share, and what they print.</summary>
    public string Folder { get; }

    /// <summary>Sessions end soon after this file is there.</summary>
    public string Stop { get; }

    /// <summary>It was ended because the machine had hardly any memory left.</summary>
    public bool OutOfMemory { get; private set; }

    public IReadOnlyList<MemorySample> Memory => _memory.Samples;

    public Child Begin(Role role, IReadOnlyList<string> command)
    {
        lock (_children)
        {
            var child = Child.Start(role, command, _environment, Path.Combine(Folder, $"{_children.Count}"));
            _children.Add(child);
            return child;
        }
    }

    /// <param name="count">Queries of each session at most.</param>
    public void BeginSessions(int sessions, int count, Func<SessionLoop, IReadOnlyList<string>> command)
    {
        for (int i = 1; i <= sessions; i++)
            Begin(Role.Session, command(new SessionLoop(_queries, Stop, count, PauseMs, i)));
    }

    /// <summary>Starts a client at a random moment, again and again.</summary>
    /// <param name="goOn">Gets how many there have been.</param>
    public async Task BeginClientsAsync(double perSecond, int seed, Func<int, bool> goOn, Func<string, IReadOnlyList<string>> command)
    {
        var random = new Random(seed);
        DateTimeOffset next = DateTimeOffset.UtcNow;
        for (int i = 0; goOn(i); i++)
        {
            next += TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / perSecond);
            if (next - DateTimeOffset.UtcNow is var left && left > TimeSpan.Zero)
                await Task.Delay(left);
            if (goOn(i))
                Begin(Role.Client, command($"{_asked[random.Next(_asked.Count)]} {seed}c{i}"));
        }
    }

    /// <summary>Waits until all but the server have ended; those that have not by then are killed.</summary>
    /// <returns>All of them, and how many were killed.</returns>
    public async Task<(IReadOnlyList<ChildEnd> Ends, int Killed)> EndAsync(TimeSpan patience)
    {
        Child[] children;
        lock (_children)
            children = [.. _children];
        Task all = Task.WhenAll(children.Where(child => child.Role != Role.Server).Select(child => child.Ended));
        await Task.WhenAny(all, Task.Delay(patience));
        Child[] late = [.. children.Where(child => child.Role != Role.Server && !child.Ended.IsCompleted)];
        File.WriteAllText(Stop, "");
        foreach (Child child in late)
            child.Kill();
        return (await Task.WhenAll(children.Select(child => child.Ended)), late.Length);
    }

    public async ValueTask DisposeAsync()
    {
        File.WriteAllText(Stop, "");
        KillAll();
        await Task.WhenAll(_children.Select(child => child.Ended));
        _memory.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private void KillAll()
    {
        lock (_children)
        {
            foreach (Child child in _children)
                child.Kill();
        }
    }

    private IEnumerable<(Role Role, int Pid)> Pids()
    {
        lock (_children)
            return [.. _children.Select(child => (child.Role, child.Pid)).Where(child => child.Pid is not null).Select(child => (child.Role, child.Pid!.Value))];
    }
}
