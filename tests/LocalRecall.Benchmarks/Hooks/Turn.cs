using LocalRecall.Contracts;

namespace LocalRecall.Benchmarks.Hooks;

/// <summary>What one program takes, alone and with others.</summary>
internal sealed class Turn(string what, Func<string[]> command, string home, Func<string> input)
{
    private readonly (string, string)[] _environment = [(HomeFolder.Variable, home)];

    public string What => what;

    public List<double> WallMs { get; } = [];

    public List<double> ProcessorMs { get; } = [];

    public List<double> TogetherMs { get; } = [];

    public List<double> PeakMb { get; } = [];

    public double Alone(bool keep = true)
    {
        (TimeSpan wall, TimeSpan processor) = ChildProcess.Time(command(), _environment, input());
        if (keep)
        {
            WallMs.Add(wall.TotalMilliseconds);
            ProcessorMs.Add(processor.TotalMilliseconds);
        }

        return wall.TotalMilliseconds;
    }

    public async Task TogetherAsync()
    {
        (string[] Command, string Input)[] all = [.. Enumerable.Range(0, HooksPart.AtOnce).Select(_ => (command(), input()))];
        using var ready = new Barrier(all.Length);
        TogetherMs.AddRange(await Task.WhenAll(all.Select(one => Task.Factory.StartNew(
            () =>
            {
                ready.SignalAndWait();
                return ChildProcess.Time(one.Command, _environment, one.Input).Wall.TotalMilliseconds;
            },
            TaskCreationOptions.LongRunning))));
    }

    public void Peak()
    {
        if (ChildProcess.PeakBytes(command(), _environment, input()) is { } bytes)
            PeakMb.Add(bytes / 1e6);
    }

    public long OutputBytes(string output)
    {
        ChildProcess.Run(command(), _environment, output, _ => { }, input());
        return new FileInfo(output).Length;
    }
}
