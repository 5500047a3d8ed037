using LocalRecall.Contracts.Messages;

namespace LocalRecall.Cli.Output;

/// <summary>Shows how an import gets on.</summary>
internal sealed class ImportReport(TextWriter writer, bool isTerminal, TimeProvider time) : IProgress<ImportProgress>
{
    private readonly ProgressLine progress = new(writer, isTerminal, time);

    public void Report(ImportProgress value) => progress.Show(() =>
    {
        ImportCounts counts = value.Counts;
        return $"{counts.Done} of {counts.Files} files, {counts.Stored} memories stored, {counts.Chunks} chunks embedded"
            + (counts.Failed > 0 ? $", {counts.Failed} failed" : "")
            + (isTerminal && value.CurrentPath is { } path ? $"  {Clean.Line(Path.GetFileName(path))}" : "");
    });

    public void Finish() => progress.Finish();
}
