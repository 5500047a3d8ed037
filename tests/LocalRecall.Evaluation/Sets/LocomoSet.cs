using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace LocalRecall.Evaluation.Sets;

/// <summary>
/// LoCoMo: long conversations, and questions with the turns that answer them. A turn is a document, a conversation a project.
/// Source of the shape: github.com/snap-research/locomo.
/// </summary>
internal static partial class LocomoSet
{
    public const string Kind = "locomo";
    public const string NoAnswer = "no answer in the conversation";
    public const string NoNameThere = "of another project, no name from there";
    public const string NameThere = "of another project, a name from there";
    public const string NamesTurned = "of another project, names turned into those there";

    private const int CategoryWithoutAnswer = 5;
    private static readonly TimeSpan BetweenTurns = TimeSpan.FromSeconds(30);

    public static bool Fits(JsonElement root) => root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0
        && root.EnumerateArray().All(sample => sample.ValueKind == JsonValueKind.Object
            && sample.TryGetProperty("conversation", out JsonElement conversation) && conversation.ValueKind == JsonValueKind.Object && sample.TryGetProperty("qa", out _));

    public static RetrievalSet Read(string file, JsonElement root)
    {
        List<Conversation> conversations = [.. root.EnumerateArray().Select((sample, i) => Conversation.Read(file, $"[{i}]", sample))];
        List<Question> questions = [];
        List<Unanswerable> unanswerable = [];
        int withoutEvidence = 0;
        for (int i = 0; i < conversations.Count; i++)
        {
            Conversation here = conversations[i];
            foreach (LocomoQuestion question in here.Questions)
            {
                if (question.Category == CategoryWithoutAnswer)
                {
                    unanswerable.Add(new Unanswerable(NoAnswer, question.Text, i));
                    continue;
                }

                Dictionary<string, double> relevant = question.Evidence.Where(here.Turns.Canonical.ContainsKey).Select(id => here.Turns.Canonical[id]).Distinct().ToDictionary(id => id, _ => 1.0);
                if (relevant.Count == 0)
                {
                    withoutEvidence++;
                    continue;
                }

                questions.Add(new Question(question.Text, i, relevant));
                unanswerable.AddRange(Elsewhere(question.Text, i, conversations));
            }
        }

        if (questions.Count == 0)
            throw new EvalException($"{file}: no question names a turn that is there.");
        return new RetrievalSet(
            Path.GetFileNameWithoutExtension(file), Kind, [file], "turn", [.. conversations.Select(conversation => conversation.Turns)], questions, unanswerable,
            withoutEvidence == 0 ? "" : $"{withoutEvidence} questions without evidence left out");
    }

    private static IEnumerable<Unanswerable> Elsewhere(string question, int home, List<Conversation> conversations)
    {
        for (int i = 0; i < conversations.Count; i++)
        {
            if (i != home)
                yield return new Unanswerable(conversations[i].Speakers.Any(name => question.Contains(name, StringComparison.OrdinalIgnoreCase)) ? NameThere : NoNameThere, question, i);
        }

        int next = (home + 1) % conversations.Count;
        if (next != home && conversations[home].Rename(question, conversations[next]) is var turned && turned != question)
            yield return new Unanswerable(NamesTurned, turned, next);
    }

    /// <summary>The turns that evidence names; some files have several in one string.</summary>
    private static IEnumerable<string> TurnsNamed(string evidence) => TurnId().Matches(evidence).Select(match => match.Value);

    [GeneratedRegex(@"D\d+:\d+", RegexOptions.CultureInvariant)]
    private static partial Regex TurnId();

    private sealed record LocomoQuestion(string Text, int Category, IReadOnlyList<string> Evidence);

    private sealed record Conversation(Collection Turns, IReadOnlyList<LocomoQuestion> Questions, IReadOnlyList<string> Speakers)
    {
        public static Conversation Read(string file, string where, JsonElement sample)
        {
            JsonElement conversation = sample.GetProperty("conversation");
            List<Document> turns = [];
            List<string> speakers = [];
            for (int session = 1; conversation.EnumerateObject().Any(property => Number(property.Name) >= session); session++)
            {
                if (!conversation.TryGetProperty($"session_{session}", out JsonElement said))
                    continue;
                string at = $"{where}.conversation.session_{session}";
                string date = Text(file, $"{at}_date_time", conversation, $"session_{session}_date_time");
                if (!DateTimeOffset.TryParseExact(date, "h:mm tt 'on' d MMMM, yyyy", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
                    throw new EvalException($"{file}: {at}_date_time is '{date}', not like '1:56 pm on 8 May, 2023'.");
                foreach (JsonElement turn in Array(file, at, said))
                {
                    string speaker = Text(file, at, turn, "speaker");
                    string text = Text(file, at, turn, "text");
                    if (!speakers.Contains(speaker))
                        speakers.Add(speaker);
                    if (!string.IsNullOrWhiteSpace(text))
                        turns.Add(new Document(Text(file, at, turn, "dia_id"), $"{speaker}, {date}", $"{speaker}: {text}", time));
                    time += BetweenTurns;
                }
            }

            List<LocomoQuestion> questions =
            [
                .. Array(file, $"{where}.qa", sample.GetProperty("qa")).Select((question, i) => new LocomoQuestion(
                    Text(file, $"{where}.qa[{i}]", question, "question"),
                    question.TryGetProperty("category", out JsonElement category) && category.TryGetInt32(out int number)
                        ? number
                        : throw new EvalException($"{file}: {where}.qa[{i}] has no number as category."),
                    question.TryGetProperty("evidence", out JsonElement evidence)
                        ? [.. Array(file, $"{where}.qa[{i}].evidence", evidence).SelectMany(entry => TurnsNamed(entry.ToString()))]
                        : [])),
            ];
            string name = sample.TryGetProperty("sample_id", out JsonElement id) ? id.ToString() : where;
            return new Conversation(new Collection(name, turns), questions, speakers);
        }

        /// <summary>The question with this conversation's names turned into the other's.</summary>
        public string Rename(string question, Conversation other)
        {
            for (int i = 0; i < Math.Min(Speakers.Count, other.Speakers.Count); i++)
                question = question.Replace(Speakers[i], $"\0{i}");
            for (int i = 0; i < Math.Min(Speakers.Count, other.Speakers.Count); i++)
                question = question.Replace($"\0{i}", other.Speakers[i]);
            return question;
        }

        private static int Number(string property) => property.StartsWith("session_", StringComparison.Ordinal) && int.TryParse(property["session_".Length..], out int number) ? number : 0;

        private static IEnumerable<JsonElement> Array(string file, string at, JsonElement element) => element.ValueKind == JsonValueKind.Array
            ? element.EnumerateArray()
            : throw new EvalException($"{file}: {at} is no list.");

        private static string Text(string file, string at, JsonElement element, string property) =>
            element.ValueKind == JsonValueKind.Object && element.TryGetProperty(property, out JsonElement value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()!
                : throw new EvalException($"{file}: {at} has no text '{property}'.");
    }
}
