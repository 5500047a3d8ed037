namespace LocalRecall.Benchmarks;

/// <summary>Cells in columns, for a terminal and for Markdown.</summary>
internal static class TextTable
{
    public static void Print(TextWriter output, IReadOnlyList<string> columns, IEnumerable<string[]> lines)
    {
        string[][] all = [[.. columns], .. lines];
        int[] widths = [.. Enumerable.Range(0, columns.Count).Select(column => all.Max(line => line[column].Length))];
        foreach (string[] line in all)
            output.WriteLine(string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    public static IEnumerable<string> Markdown(IReadOnlyList<string> columns, IEnumerable<string[]> lines) =>
        [$"| {string.Join(" | ", columns)} |", $"|{string.Concat(columns.Select(_ => "---|"))}", .. lines.Select(line => $"| {string.Join(" | ", line)} |")];
}
