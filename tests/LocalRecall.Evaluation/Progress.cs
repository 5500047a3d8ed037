using LocalRecall.Contracts.Messages;

namespace LocalRecall.Evaluation;

/// <summary>Says on standard error how far it is, at most once in ten seconds.</summary>
internal sealed class Progress(string set)
{
    private const long IntervalMs = 10_000;
    private long _saidAt = Environment.TickCount64;

    public void Say(string what) => Console.Error.WriteLine($"{DateTime.UtcNow:HH:mm:ss} {set}: {what}");

    public void Report(string what, int done, int all)
    {
        long now = Environment.TickCount64;
        long saidAt = Interlocked.Read(ref _saidAt);
        if (now - saidAt >= IntervalMs && Interlocked.CompareExchange(ref _saidAt, now, saidAt) == saidAt)
            Say($"{what} {done:N0} of {all:N0}");
    }

    /// <summary>Called on the connection's thread.</summary>
    public IProgress<ImportProgress> OfImport(string what) => new Import(this, what);

    private sealed class Import(Progress progress, string what) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => progress.Report(what, value.Counts.Done, value.Counts.Files);
    }
}
