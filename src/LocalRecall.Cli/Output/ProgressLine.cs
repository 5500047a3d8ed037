namespace LocalRecall.Cli.Output;

/// <summary>Says how something gets on: one line drawn over and over on a terminal, else a line now and then.</summary>
internal sealed class ProgressLine(TextWriter writer, bool isTerminal, TimeProvider time)
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan NextLine = TimeSpan.FromSeconds(5);
    private const int Columns = 100;

    private long shownAt = time.GetTimestamp();
    private bool drawn;

    public void Show(Func<string> text)
    {
        if (time.GetElapsedTime(shownAt) < (isTerminal ? Redraw : NextLine))
        {
            return;
        }

        shownAt = time.GetTimestamp();
        string line = text();
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
