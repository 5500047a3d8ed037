namespace LocalRecall.Evaluation;

/// <summary>A line of the tables: the host with these settings, or no host at all.</summary>
/// <param name="Settings">Of <c>host.conf</c>, beyond what is shipped.</param>
/// <param name="Floor">What the host finds too unlikely to fit is left out, as it is for agents.</param>
internal sealed record Row(string Name, IReadOnlyList<Setting> Settings, bool Floor = false)
{
    /// <summary>What must be set when the texts are imported: rows that differ in it have homes of their own.</summary>
    public IReadOnlyList<Setting> Import => [.. Settings.Where(setting => setting.AtImport)];
}

/// <param name="AtImport">It changes the index.</param>
internal sealed record Setting(string Key, string Value, bool AtImport = false)
{
    public override string ToString() => $"{Key} = {Value}";
}

/// <summary>The rows of every retrieval set. To switch off one more ingredient, give it a line in <see cref="Ingredients"/>.</summary>
internal static class Rows
{
    public const string Ranking = "localrecall.ranking";
    public const string Grep = "grep";
    public const string Bm25 = "BM25";
    public const string Vector = "vector";
    public const string Hybrid = "hybrid";
    public const string Bare = "bare";

    /// <summary>What hybrid must not be worse than.</summary>
    public static IReadOnlyList<string> Single { get; } = [Grep, Bm25, Vector];

    /// <summary>Each ingredient, and the value that switches it off.</summary>
    public static IReadOnlyList<(string Name, Setting Off)> Ingredients { get; } =
    [
        ("terms among the found", new($"{Ranking}.found-terms-weight", "0")),
        ("exactness", new($"{Ranking}.exact-share", "1")),
        ("likeness", new($"{Ranking}.similar-weight", "0")),
        ("neighbours", new($"{Ranking}.neighbour-weight", "0")),
        ("noise floor", new($"{Ranking}.score-floor", "-1")),
    ];

    public static IReadOnlyList<Row> All { get; } =
    [
        new(Grep, []),
        new(Bm25, [KeywordWeight(1), .. AllOff()]),
        new(Vector, [KeywordWeight(0), .. AllOff()]),
        new(Hybrid, []),
        new($"{Hybrid} with floor", [], Floor: true),
        new("RRF", [new($"{Ranking}.fusion", "reciprocal-rank")]),
        new(Bare, [.. AllOff()]),
        .. Ingredients.Select(ingredient => new Row($"without {ingredient.Name}", [ingredient.Off])),
    ];

    private static Setting KeywordWeight(double weight) => new($"{Ranking}.keyword-weight", weight.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>As it would be without any of them. What is in the index stays.</summary>
    private static IEnumerable<Setting> AllOff() => Ingredients.Select(ingredient => ingredient.Off).Where(setting => !setting.AtImport);
}
