using System.Globalization;
using System.Text.Json;
using LocalRecall.Core.Memories;

namespace LocalRecall.Evaluation.Sets;

/// <summary>
/// A folder as the BEIR benchmark has them: <c>corpus.jsonl</c> and <c>queries.jsonl</c> with <c>_id</c>, <c>title</c> and <c>text</c>; judgements in
/// <c>qrels/*.tsv</c> or <c>qrels.tsv</c>: query, document, grade, separated by tabs, with or without a head line. Of several, <c>test.tsv</c> is taken.
/// </summary>
internal static class BeirSet
{
    public const string Kind = "beir";
    public const string Corpus = "corpus.jsonl";
    private const string Queries = "queries.jsonl";

    public static RetrievalSet Read(string folder)
    {
        string corpus = Path.Combine(folder, Corpus);
        string queries = Path.Combine(folder, Queries);
        if (!File.Exists(queries))
            throw new EvalException($"{folder}: there is {Corpus}, but no {Queries}.");
        string judgements = Judgements(folder);

        List<Document> documents = [];
        int empty = 0;
        foreach ((string id, JsonElement entry, int line) in Entries(corpus))
        {
            string title = string.Join(' ', Text(corpus, line, entry, "title", "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            string text = Text(corpus, line, entry, "text", null);
            if (string.IsNullOrWhiteSpace(text))
                text = title;
            if (text.Length == 0)
                empty++;
            else
                documents.Add(new Document(id, title.Length > 0 ? title : MemoryRules.ThinkingSubject(text), text, DateTimeOffset.UnixEpoch));
        }

        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        var collection = new Collection(name, documents);
        Dictionary<string, Dictionary<string, double>> relevant = ReadJudgements(judgements, collection, out int unknown);
        List<Question> questions = [];
        foreach ((string id, JsonElement entry, int line) in Entries(queries))
        {
            if (relevant.TryGetValue(id, out Dictionary<string, double>? grades))
                questions.Add(new Question(Text(queries, line, entry, "text", null), 0, grades));
        }

        if (questions.Count == 0)
            throw new EvalException($"{judgements}: no query of {Queries} has a relevant document in {Corpus}.");
        string[] notes = [empty == 0 ? "" : $"{empty} documents without title and text left out", unknown == 0 ? "" : $"{unknown} judgements of documents that are not there left out"];
        return new RetrievalSet(
            name, Kind, [corpus, queries, judgements], "document", [collection], questions, [], string.Join("; ", notes.Where(note => note.Length > 0)));
    }

    private static string Judgements(string folder)
    {
        string inFolder = Path.Combine(folder, "qrels");
        string[] found =
        [
            .. Directory.Exists(inFolder) ? Directory.EnumerateFiles(inFolder, "*.tsv").Order(StringComparer.Ordinal) : Enumerable.Empty<string>(),
            .. Directory.EnumerateFiles(folder, "qrels.tsv"),
        ];
        return found.FirstOrDefault(file => Path.GetFileName(file) == "test.tsv")
            ?? (found is [var only] ? only : throw new EvalException(found is []
                ? $"{folder}: there is {Corpus}, but no qrels/*.tsv and no qrels.tsv."
                : $"{folder}: which of {string.Join(", ", found.Select(Path.GetFileName))} is meant? One of several must be called test.tsv."));
    }

    private static Dictionary<string, Dictionary<string, double>> ReadJudgements(string file, Collection documents, out int unknown)
    {
        Dictionary<string, Dictionary<string, double>> relevant = [];
        unknown = 0;
        int line = 0;
        foreach (string judgement in File.ReadLines(file))
        {
            line++;
            string[] cells = judgement.Split('\t');
            if (string.IsNullOrWhiteSpace(judgement))
                continue;
            if (cells.Length < 3 || !double.TryParse(cells[2], CultureInfo.InvariantCulture, out double grade))
            {
                if (line == 1 && cells.Length >= 3)
                    continue;
                throw EvalException.At(file, line, $"'{judgement}' is not query, document and grade, separated by tabs.");
            }

            if (grade <= 0)
                continue;
            if (!documents.Canonical.TryGetValue(cells[1], out string? document))
            {
                unknown++;
                continue;
            }

            if (!relevant.TryGetValue(cells[0], out Dictionary<string, double>? grades))
                relevant.Add(cells[0], grades = []);
            grades[document] = Math.Max(grade, grades.GetValueOrDefault(document));
        }

        return relevant;
    }

    private static IEnumerable<(string Id, JsonElement Entry, int Line)> Entries(string file)
    {
        int line = 0;
        foreach (string text in File.ReadLines(file))
        {
            line++;
            if (string.IsNullOrWhiteSpace(text))
                continue;
            JsonElement entry;
            try
            {
                entry = JsonElement.Parse(text);
            }
            catch (JsonException e)
            {
                throw EvalException.At(file, line, $"it is no JSON: {e.Message}");
            }

            if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty("_id", out JsonElement id))
                throw EvalException.At(file, line, "there is no '_id'.");
            yield return (id.ToString(), entry, line);
        }
    }

    private static string Text(string file, int line, JsonElement entry, string property, string? otherwise) =>
        entry.TryGetProperty(property, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : otherwise ?? throw EvalException.At(file, line, $"there is no '{property}'.");
}
