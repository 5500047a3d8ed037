using LocalRecall.Contracts.Messages;

namespace LocalRecall.Cli.Output;

/// <summary>Shows how an import gets on: one line drawn over and over on a terminal, else a line now and then.</summary>
internal sealed class ImportReport(TextWriter writer, bool isTerminal, TimeProvider time) : IProgress<ImportProgress>
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan NextLine = TimeSpan.FromSeconds(5);
    private const int Columns = 100;

    private long shownAt = time.GetTimestamp();
    private bool drawn;

    public void Report(ImportProgress value)
    {
        if (time.GetElapsedTime(shownAt) < (isTerminal ? Redraw : NextLine))
        {
            return;
        }

        shownAt = time.GetTimestamp();
        ImportCounts counts = value.Counts;
        string line = $"{counts.Done} of {counts.Files} files, {counts.Stored} memories stored, {counts.Chunks} chunks embedded"
            + (counts.Failed > 0 ? $", {counts.Failed} failed" : "")
            + (isTerminal && value.CurrentPath is { } path ? $"  {Clean.Line(Path.GetFileName(path))}" : "");
        line = line.Length > Columns ? line[..Columns] : line;
        writer.Write(isTerminal ? $"\r{line}\u001b[K" : $"{line}\n");
        drawn = isTerminal;
    }

    /// <summary>Takes the drawn line away.</summary>
    public void Finish()
    {
        if (drawn)
        {
            writer.Write("\r\u001b[K");
        }
    }
}
