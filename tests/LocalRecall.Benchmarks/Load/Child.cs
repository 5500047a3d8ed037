using System.Diagnostics;

namespace LocalRecall.Benchmarks.Load;

/// <summary>What a process of a storm is there for.</summary>
internal enum Role
{
    Host,
    Session,
    Client,
    Bulk,
    Server,
}

/// <param name="Wall">From before it starts until it has been waited for.</param>
/// <param name="Output">File with what it printed; what it said on standard error lies beside it, <c>.err</c>.</param>
internal sealed record ChildEnd(Role Role, DateTimeOffset StartedAt, TimeSpan Wall, TimeSpan Processor, int ExitCode, string Output)
{
    public string Errors => File.Exists($"{Output}.err") ? File.ReadAllText($"{Output}.err").Trim() : "";

    /// <summary>What it complained of first, in one line; an import that succeeds only tells how far it is.</summary>
    public string? Problem => (Role != Role.Bulk || ExitCode != 0) && Errors is { Length: > 0 } errors ? errors.Split('\n')[0] : null;
}

/// <summary>One process of a storm; a thread of its own waits for it, so that its end is seen at once.</summary>
internal sealed class Child
{
    private readonly TaskCompletionSource<ChildEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private int? _pid;
    private bool _killed;

    private Child(Role role) => Role = role;

    public Role Role { get; }

    public Task<ChildEnd> Ended => _ended.Task;

    /// <summary>Null before it has started and once it has ended.</summary>
    public int? Pid
    {
        get
        {
            lock (_gate)
                return _pid;
        }
    }

    public static Child Start(Role role, IReadOnlyList<string> command, IReadOnlyList<(string Name, string Value)> environment, string output)
    {
        var child = new Child(role);
        new Thread(() => child.Run(command, environment, output), maxStackSize: 256 * 1024) { IsBackground = true }.Start();
        return child;
    }

    public void Kill()
    {
        lock (_gate)
        {
            _killed = true;
            if (_pid is { } pid)
                ChildProcess.Kill(pid);
        }
    }

    private void Run(IReadOnlyList<string> command, IReadOnlyList<(string Name, string Value)> environment, string output)
    {
        try
        {
            DateTimeOffset at = DateTimeOffset.UtcNow;
            long started = Stopwatch.GetTimestamp();
            (int exitCode, TimeSpan processor) = ChildProcess.Run(command, environment, output, Begun);
            TimeSpan wall = Stopwatch.GetElapsedTime(started);
            lock (_gate)
                _pid = null;
            _ended.SetResult(new ChildEnd(Role, at, wall, processor, exitCode, output));
        }
        catch (Exception e)
        {
            _ended.SetException(e);
        }
    }

    private void Begun(int pid)
    {
        lock (_gate)
        {
            _pid = pid;
            if (_killed)
                ChildProcess.Kill(pid);
        }
    }
}
