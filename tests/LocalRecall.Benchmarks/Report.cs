using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using LocalRecall.Infrastructure.Models;

namespace LocalRecall.Benchmarks;

/// <summary>The median of repeated measurements, and the least and greatest of them.</summary>
internal sealed record Spread(double Median, double Low, double High, int Count)
{
    public static Spread Of(IEnumerable<double> samples)
    {
        double[] sorted = [.. samples.Order()];
        return new Spread(Percentile(sorted, 0.5), sorted[0], sorted[^1], sorted.Length);
    }

    /// <param name="share">0.99: that many lie at or below it.</param>
    public static double Percentile(IReadOnlyList<double> sorted, double share) =>
        sorted[Math.Clamp((int)Math.Ceiling(sorted.Count * share) - 1, 0, sorted.Count - 1)];

    public string ToText(string unit) => Count == 1 ? $"{Number(Median)} {unit}" : $"{Number(Median)} {unit} ({Number(Low)} … {Number(High)}, n={Count})";

    public static string Number(double value) => value.ToString(
        Math.Abs(value) switch { >= 100 => "#,0", >= 10 => "0.0", _ => "0.00" }, CultureInfo.InvariantCulture);
}

/// <summary>What a value should reach, or stay under.</summary>
internal sealed record Goal(double Limit, bool AtLeast)
{
    public static Goal Least(double limit) => new(limit, true);

    public static Goal Under(double limit) => new(limit, false);

    public bool IsMet(double value) => AtLeast ? value >= Limit : value < Limit;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(AtLeast ? "≥" : "<")} {Limit}");
}

/// <param name="Load">The machine's load average when it was measured.</param>
internal sealed record Row(string Part, string What, string Unit, Spread Value, Goal? Goal, string? Note, double? Load);

/// <summary>Numbers that belong side by side.</summary>
internal sealed record Table(string Title, IReadOnlyList<string> Columns, IReadOnlyList<string[]> Lines);

/// <summary>The rows of one run, and where they come from.</summary>
internal sealed class Report(BenchOptions options)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly string[] Columns = ["part", "what", "median", "least … greatest", "n", "goal", "note"];

    private readonly DateTimeOffset _startedAt = DateTimeOffset.UtcNow;
    private readonly List<Row> _rows = [];
    private readonly List<Table> _tables = [];

    private readonly (string Name, string Value)[] _facts =
    [
        ("machine", Machine.Description),
        ("system", Machine.System),
        ("runtime", $"{RuntimeInformation.FrameworkDescription}, Akka.NET {Fact("AkkaVersion")}, ONNX Runtime {Fact("OnnxRuntimeVersion")}"),
        ("stand-ins", Fact("StandIns") is { Length: > 0 } standIns ? standIns.Replace(";", ", ") : "none"),
        ("model", ModelManifest.BuiltIn.Info.Id),
        ("size", options.Quick ? "quick" : "full"),
    ];

    public void Add(Row row) => _rows.Add(row);

    public void Add(Table table) => _tables.Add(table);

    public void Print(TextWriter output)
    {
        output.WriteLine();
        foreach ((string name, string value) in _facts)
            output.WriteLine($"{name,-10} {value}");
        output.WriteLine();

        TextTable.Print(output, Columns, _rows.Select(Cells));
        foreach (Table table in _tables)
        {
            output.WriteLine($"\n{table.Title}");
            TextTable.Print(output, table.Columns, table.Lines);
        }
    }

    /// <summary>As JSON, and as Markdown for the documentation.</summary>
    /// <returns>The JSON file; the other lies beside it.</returns>
    public string Save(string folder)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, $"{_startedAt:yyyy-MM-dd'T'HH-mm-ss}.json");
        using FileStream stream = File.Create(path);
        JsonSerializer.Serialize(stream, new { StartedAt = _startedAt, Facts = _facts.ToDictionary(fact => fact.Name, fact => fact.Value), Rows = _rows, Tables = _tables }, Json);
        File.WriteAllLines(Path.ChangeExtension(path, ".md"),
        [
            $"{_startedAt:yyyy-MM-dd HH:mm} UTC, load average {string.Join(" to ", LoadRange())}",
            "",
            .. _facts.Select(fact => $"- {fact.Name}: {fact.Value}"),
            "",
            .. TextTable.Markdown(Columns, _rows.Select(Cells)),
            .. _tables.SelectMany(table => (string[])["", table.Title, "", .. TextTable.Markdown(table.Columns, table.Lines)]),
        ]);
        return path;
    }

    private IEnumerable<string> LoadRange() => _rows.Where(row => row.Load is not null).Select(row => row.Load!.Value) is var loads && loads.Any()
        ? [Spread.Number(loads.Min()), Spread.Number(loads.Max())]
        : ["unknown"];

    private static string[] Cells(Row row) =>
    [
        row.Part,
        row.What,
        $"{Spread.Number(row.Value.Median)} {row.Unit}".TrimEnd(),
        row.Value.Count == 1 ? "" : $"{Spread.Number(row.Value.Low)} … {Spread.Number(row.Value.High)}",
        row.Value.Count.ToString(CultureInfo.InvariantCulture),
        row.Goal is null ? "" : $"{row.Goal} {(row.Goal.IsMet(row.Value.Median) ? "met" : "MISSED")}",
        row.Note ?? "",
    ];

    private static string? Fact(string key) =>
        typeof(Report).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(data => data.Key == key)?.Value;
}
