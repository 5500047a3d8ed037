using System.Text.Json;

namespace LocalRecall.Evaluation.Sets;

/// <summary>Finds the data sets of a folder and the folders below it, by what is in the files.</summary>
internal static class SetFinder
{
    public const string Understood = """
        Understood are:
          LoCoMo      a .json file: a list of { sample_id, qa, conversation }
          Cranfield   a folder with documents and questions in SMART's format (.I .T .W lines) and judgements ('1 0 184 3')
          STS-B       a .csv, .tsv or .txt file: seven fields between tabs, the fifth a score from 0 to 5, the last two sentences
          BEIR        a folder with corpus.jsonl, queries.jsonl and qrels/*.tsv or qrels.tsv
        """;

    /// <param name="only">Names and kinds that are wanted; empty: all.</param>
    /// <param name="passedOver">Told of each file that is none of them.</param>
    /// <exception cref="EvalException">There is none, one is incomplete or ill-formed, or a wanted one is not there.</exception>
    public static IReadOnlyList<EvalSet> Find(string folder, IReadOnlyCollection<string> only, Action<string> passedOver)
    {
        if (!Directory.Exists(folder))
            throw new EvalException($"There is no folder {folder}.");
        List<EvalSet> sets = [];
        Search(folder, only, sets, passedOver);
        if (sets.GroupBy(set => set.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new EvalException($"Two sets are called {twice.Key}: {string.Join(" and ", twice.Select(set => set.Files[0]))}.");
        if (only.FirstOrDefault(name => !sets.Exists(set => IsWanted(set.Name, set.Kind, [name]))) is { } missing)
            throw new EvalException($"There is no set {missing} in {folder}: it has {(sets.Count == 0 ? "none of those wanted" : string.Join(", ", sets.Select(set => set.Name)))}.\n{Understood}");
        return sets.Count > 0 ? sets : throw new EvalException($"There is no data set in {folder}.\n{Understood}");
    }

    private static void Search(string folder, IReadOnlyCollection<string> only, List<EvalSet> sets, Action<string> passedOver)
    {
        if (File.Exists(Path.Combine(folder, BeirSet.Corpus)))
        {
            if (IsWanted(Path.GetFileName(folder), BeirSet.Kind, only))
                sets.Add(BeirSet.Read(folder));
            return;
        }

        List<string> smart = [];
        List<string> judgements = [];
        foreach (string file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileNameWithoutExtension(file);
            switch (Path.GetExtension(file).ToLowerInvariant())
            {
                case ".json":
                    if (IsWanted(name, LocomoSet.Kind, only) && !TryReadLocomo(file, sets))
                        passedOver(file);
                    break;
                case ".csv" or ".tsv" or ".txt" when StsSet.Fits(file):
                    if (IsWanted(name, StsSet.Kind, only))
                        sets.Add(StsSet.Read(file));
                    break;
                default:
                    if (CranfieldSet.Fits(file))
                        smart.Add(file);
                    else if (LooksLikeJudgements(file))
                        judgements.Add(file);
                    else
                        passedOver(file);
                    break;
            }
        }

        if (smart.Count > 0 && IsWanted(CranfieldSet.Kind, CranfieldSet.Kind, only))
            sets.Add(CranfieldSet.Read(folder, smart, judgements.FirstOrDefault()));
        foreach (string below in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
            Search(below, only, sets, passedOver);
    }

    private static bool TryReadLocomo(string file, List<EvalSet> sets)
    {
        JsonElement root;
        try
        {
            root = JsonElement.Parse(File.ReadAllBytes(file));
        }
        catch (JsonException e)
        {
            throw EvalException.At(file, (int)(e.LineNumber ?? 0) + 1, $"it is no JSON: {e.Message}");
        }

        if (!LocomoSet.Fits(root))
            return false;
        sets.Add(LocomoSet.Read(file, root));
        return true;
    }

    private static bool IsWanted(string name, string kind, IReadOnlyCollection<string> only) =>
        only.Count == 0 || only.Contains(name, StringComparer.OrdinalIgnoreCase) || only.Contains(kind);

    private static bool LooksLikeJudgements(string file) => File.ReadLines(file).FirstOrDefault() is { } first
        && first.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [_, _, _, _] words && Array.TrueForAll(words, word => int.TryParse(word, out _));
}
