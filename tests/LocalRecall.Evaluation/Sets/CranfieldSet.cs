using System.Globalization;
using LocalRecall.Core.Memories;

namespace LocalRecall.Evaluation.Sets;

/// <summary>
/// The Cranfield collection: abstracts and questions in SMART's format (<c>.I</c> <c>.T</c> <c>.A</c> <c>.B</c> <c>.W</c>) and judgements in TREC's.
/// Judgements number the questions by position, not by their <c>.I</c>. Grade 1 is the best and 4 the least, so all four count the same; what is graded otherwise is not relevant.
/// </summary>
internal static class CranfieldSet
{
    public const string Kind = "cranfield";

    public static bool Fits(string file) => File.ReadLines(file).FirstOrDefault() is { } first && first.StartsWith(".I ", StringComparison.Ordinal);

    /// <param name="judgements">Null: it is missing.</param>
    /// <param name="smart">The files in SMART's format.</param>
    public static RetrievalSet Read(string folder, IReadOnlyList<string> smart, string? judgements)
    {
        List<(string File, List<Entry> Entries)> read = [.. smart.Select(file => (file, ReadEntries(file)))];
        string documentsFile = read.FirstOrDefault(file => file.Entries.Exists(entry => entry.Fields.ContainsKey('T'))).File
            ?? throw new EvalException($"{folder}: none of the files with .I lines has titles (.T): the documents are missing.");
        string questionsFile = read.FirstOrDefault(file => !file.Entries.Exists(entry => entry.Fields.ContainsKey('T'))).File
            ?? throw new EvalException($"{folder}: there are documents, but no file of questions (.I and .W lines without .T).");
        if (judgements is null)
            throw new EvalException($"{folder}: the judgements are missing: lines of four numbers, as in '1 0 184 3'.");

        List<Document> documents = [];
        int empty = 0;
        foreach (Entry entry in read.First(file => file.File == documentsFile).Entries)
        {
            string title = entry.OneLine('T');
            string text = entry.Fields.GetValueOrDefault('W', "").Trim() is { Length: > 0 } body ? body : title;
            if (text.Length == 0)
                empty++;
            else
                documents.Add(new Document(entry.Id, title.Length > 0 ? title : MemoryRules.ThinkingSubject(text), text, DateTimeOffset.UnixEpoch));
        }

        var collection = new Collection(Kind, documents);
        List<string> texts = [.. read.First(file => file.File == questionsFile).Entries.Select(entry => entry.OneLine('W'))];
        Dictionary<string, double>[] relevant = [.. texts.Select(_ => new Dictionary<string, double>())];
        int line = 0;
        foreach (string judgement in File.ReadLines(judgements))
        {
            line++;
            string[] words = judgement.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
                continue;
            if (words.Length < 4 || !int.TryParse(words[0], out int question) || question < 1 || question > texts.Count || !int.TryParse(words[3], CultureInfo.InvariantCulture, out int grade))
                throw EvalException.At(judgements, line, $"'{judgement}' is not 'question 0 document grade' with a question from 1 to {texts.Count}.");
            if (grade is >= 1 and <= 4 && collection.Canonical.TryGetValue(words[2], out string? document))
                relevant[question - 1][document] = 1;
        }

        return new RetrievalSet(
            Kind, Kind, [documentsFile, questionsFile, judgements], "document", [collection],
            [.. texts.Select((text, i) => new Question(text, 0, relevant[i])).Where(question => question.Relevant.Count > 0)], [],
            empty == 0 ? "" : $"{empty} documents without title and text left out");
    }

    private static List<Entry> ReadEntries(string file)
    {
        List<Entry> entries = [];
        char field = '\0';
        int number = 0;
        foreach (string line in File.ReadLines(file))
        {
            number++;
            if (line.StartsWith(".I ", StringComparison.Ordinal))
            {
                entries.Add(new Entry(line[3..].Trim(), []));
                field = '\0';
            }
            else if (line.TrimEnd() is ['.', 'T' or 'A' or 'B' or 'W' or 'N' or 'X' or 'C' or 'K'] && entries.Count > 0)
            {
                field = line[1];
                entries[^1].Fields[field] = "";
            }
            else if (field != '\0')
            {
                entries[^1].Fields[field] += line + "\n";
            }
            else if (line.Trim().Length > 0)
            {
                throw EvalException.At(file, number, $"'{line}' stands outside of a field such as .T or .W.");
            }
        }

        return entries;
    }

    private sealed record Entry(string Id, Dictionary<char, string> Fields)
    {
        public string OneLine(char field) => string.Join(' ', Fields.GetValueOrDefault(field, "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
