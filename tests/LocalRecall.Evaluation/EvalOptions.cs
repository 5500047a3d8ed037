using System.Globalization;
using LocalRecall.Evaluation.Sets;

namespace LocalRecall.Evaluation;

/// <param name="Only">Sets by name or kind; empty: all.</param>
/// <param name="Rows">Empty: all.</param>
/// <param name="Limit">Questions or pairs of each set at most, evenly spread.</param>
/// <param name="Set">Settings of every row.</param>
internal sealed record EvalOptions(
    string Data, IReadOnlyList<string> Only, IReadOnlyList<Row> Rows, IReadOnlyList<Setting> Set, int Limit, string? Json, bool Markdown, bool Keep)
{
    public static EvalOptions Parse(string[] args)
    {
        string? data = null, json = null;
        List<string> only = [], rows = [];
        List<Setting> set = [];
        int limit = int.MaxValue;
        bool markdown = false, keep = false;
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--markdown":
                    markdown = true;
                    break;
                case "--keep":
                    keep = true;
                    break;
                case "--data":
                    data = InCallersFolder(Value());
                    break;
                case "--json":
                    json = InCallersFolder(Value());
                    break;
                case "--only":
                    only.AddRange(Value().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
                    break;
                case "--rows":
                    rows.AddRange(Value().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
                    break;
                case "--set":
                    string[] pair = Value().Split('=', 2, StringSplitOptions.TrimEntries);
                    set.Add(pair is [var key, var value] ? new Setting(key, value) : throw new EvalException($"--set takes KEY=VALUE, not '{pair[0]}'."));
                    break;
                case "--limit":
                    limit = int.TryParse(Value(), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
                        ? number
                        : throw new EvalException("--limit takes a whole number from 1 on.");
                    break;
                default:
                    throw new EvalException($"Not understood: {args[i]}. --help says what is.");
            }

            string Value() => ++i < args.Length ? args[i] : throw new EvalException($"{args[i - 1]} needs a value.");
        }

        if (rows.FirstOrDefault(name => !Evaluation.Rows.All.Any(row => IsCalled(row, name))) is { } unknown)
            throw new EvalException($"There is no row {unknown}: it is {string.Join(", ", Evaluation.Rows.All.Select(row => row.Name))}.");
        return new EvalOptions(
            data ?? throw new EvalException("Say where the data sets are: --data FOLDER."), only,
            [.. Evaluation.Rows.All.Where(row => rows.Count == 0 || rows.Exists(name => IsCalled(row, name)))], set, limit, json, markdown, keep);
    }

    private static bool IsCalled(Row row, string name) => row.Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static string InCallersFolder(string path) => Path.GetFullPath(path, Environment.GetEnvironmentVariable("CALLED_FROM") ?? Environment.CurrentDirectory);
}
