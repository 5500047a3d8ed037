using LocalRecall.Evaluation.Sets;
using Xunit;

namespace LocalRecall.Tests.Evaluation;

/// <summary>The samples are made up; they have the shapes of the public sets.</summary>
public sealed class SetFinderTests : IDisposable
{
    private const string Locomo = """
        [{ "sample_id": "talk-1",
           "qa": [
             { "question": "Where did Ann go?", "answer": "Oslo", "evidence": ["D1:1; D2:1", "D:9"], "category": 1 },
             { "question": "What did Ben cook?", "answer": 3, "evidence": ["D7:7"], "category": 4 },
             { "question": "Why did Ben go to Oslo?", "evidence": ["D1:1"], "category": 5 }],
           "conversation": {
             "session_2_date_time": "12:05 am on 9 May, 2024", "session_2": [{ "speaker": "Ben", "dia_id": "D2:1", "text": "Nice!" }],
             "session_1_date_time": "1:56 pm on 8 May, 2024",
             "session_1": [
               { "speaker": "Ann", "dia_id": "D1:1", "text": "I went to Oslo." },
               { "speaker": "Ben", "dia_id": "D1:2", "text": "Nice!" }],
             "session_3_date_time": "1:00 pm on 9 May, 2024" } },
         { "sample_id": "talk-2",
           "qa": [{ "question": "Does Cid play chess with ann?", "answer": "chess", "evidence": ["D1:1"], "category": 4 }],
           "conversation": {
             "session_1_date_time": "2:00 pm on 8 May, 2024",
             "session_1": [{ "speaker": "Cid", "dia_id": "D1:1", "text": "I play chess." }, { "speaker": "Dee", "dia_id": "D1:2", "text": "Who wins?" }] } }]
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("localrecall-sets-").FullName;

    [Fact]
    public void Locomo_is_known_by_its_content_whatever_the_file_is_called()
    {
        Write("talks.json", Locomo);

        RetrievalSet set = Assert.IsType<RetrievalSet>(Assert.Single(Find()));

        Assert.Equal(("talks", "locomo", "turn"), (set.Name, set.Kind, set.Granularity));
        Assert.Equal(["talk-1", "talk-2"], set.Collections.Select(collection => collection.Name));
        Assert.Equal(
            [
                new Document("D1:1", "Ann, 1:56 pm on 8 May, 2024", "Ann: I went to Oslo.", At("2024-05-08T13:56:00Z")),
                new Document("D1:2", "Ben, 1:56 pm on 8 May, 2024", "Ben: Nice!", At("2024-05-08T13:56:30Z")),
                new Document("D2:1", "Ben, 12:05 am on 9 May, 2024", "Ben: Nice!", At("2024-05-09T00:05:00Z")),
            ],
            set.Collections[0].Documents);
    }

    [Fact]
    public void Locomo_evidence_is_what_is_there_and_the_same_text_is_one_turn()
    {
        Write("talks.json", Locomo);

        RetrievalSet set = (RetrievalSet)Find()[0];

        Assert.Equal(["Where did Ann go?", "Does Cid play chess with ann?"], set.Questions.Select(question => question.Text));
        Assert.Equal(["D1:1", "D1:2"], set.Questions[0].Relevant.Keys.Order());
        Assert.Equal("1 questions without evidence left out", set.Note);
    }

    [Fact]
    public void Locomo_has_questions_that_nothing_answers()
    {
        Write("talks.json", Locomo);

        Assert.Equal(
            [
                new Unanswerable(LocomoSet.NoNameThere, "Where did Ann go?", 1),
                new Unanswerable(LocomoSet.NamesTurned, "Where did Cid go?", 1),
                new Unanswerable(LocomoSet.NoAnswer, "Why did Ben go to Oslo?", 0),
                new Unanswerable(LocomoSet.NameThere, "Does Cid play chess with ann?", 0),
                new Unanswerable(LocomoSet.NamesTurned, "Does Ann play chess with ann?", 0),
            ],
            ((RetrievalSet)Find()[0]).Unanswerable);
    }

    [Theory]
    [InlineData("[\n{ \"qa\": [], }]", "talks.json, line 2: it is no JSON")]
    [InlineData("""[{ "qa": [], "conversation": { "session_1": [], "session_1_date_time": "8 May 2024" } }]""", "[0].conversation.session_1_date_time is '8 May 2024'")]
    [InlineData("""[{ "qa": [{ "question": "Who?" }], "conversation": {} }]""", "[0].qa[0] has no number as category")]
    [InlineData("""[{ "qa": [], "conversation": { "session_1": [{ "speaker": "Ann" }], "session_1_date_time": "1:56 pm on 8 May, 2024" } }]""", "session_1 has no text 'text'")]
    public void Ill_formed_Locomo_is_refused_with_the_place(string json, string place)
    {
        Write("talks.json", json);

        Assert.Contains(place, Refused());
    }

    [Fact]
    public void Cranfield_numbers_questions_by_position_and_counts_grades_alike()
    {
        Write("c/texts", ".I 1\n.T\nwings\n.A\nann\n.B\n1950\n.W\nwings bend .\n.I 2\n.T\nheat\nflow\n.W\nheat flows .\n.I 3\n.T\n.W\n");
        Write("c/questions", ".I 007\n.W\nwhat\nbends\n.I 009\n.W\nwhat flows\n");
        Write("c/judged", "1 0 1 4\n2 0 2 1\n2 0 1 5\n2 0 3 2\n");

        RetrievalSet set = Assert.IsType<RetrievalSet>(Assert.Single(Find()));

        Assert.Equal([new Document("1", "wings", "wings bend .", DateTimeOffset.UnixEpoch), new Document("2", "heat flow", "heat flows .", DateTimeOffset.UnixEpoch)], set.Collections[0].Documents);
        Assert.Equal(["what bends", "what flows"], set.Questions.Select(question => question.Text));
        Assert.Equal(new Dictionary<string, double> { ["1"] = 1 }, set.Questions[0].Relevant);
        Assert.Equal(new Dictionary<string, double> { ["2"] = 1 }, set.Questions[1].Relevant);
        Assert.Equal("1 documents without title and text left out", set.Note);
    }

    [Fact]
    public void Cranfield_without_judgements_or_with_bad_ones_is_refused()
    {
        Write("c/texts", ".I 1\n.T\nwings\n.W\nwings bend .\n");
        Write("c/questions", ".I 1\n.W\nwhat bends\n");
        Assert.Contains("the judgements are missing", Refused());

        Write("c/judged", "1 0 1 4\n2 0 1 4\n");
        Assert.Contains("judged, line 2: '2 0 1 4'", Refused());
    }

    [Fact]
    public void A_Beir_folder_has_its_name_and_grades()
    {
        Write("tiny/corpus.jsonl", """
            {"_id": "d1", "title": "Wings", "text": "Wings bend."}
            {"_id": "d2", "title": "", "text": "Heat flows."}
            {"_id": "d3", "title": "Again", "text": "Wings bend."}
            """);
        Write("tiny/queries.jsonl", "{\"_id\": \"q1\", \"text\": \"what bends\"}\n{\"_id\": \"q2\", \"text\": \"never judged\"}\n");
        Write("tiny/qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td3\t2\nq1\td2\t0\nq1\tgone\t1\n");
        Write("tiny/qrels/train.tsv", "not looked at");

        RetrievalSet set = Assert.IsType<RetrievalSet>(Assert.Single(Find()));

        Assert.Equal(("tiny", "beir", "document"), (set.Name, set.Kind, set.Granularity));
        Assert.Equal(["Wings", "Heat flows.", "Again"], set.Collections[0].Documents.Select(document => document.Subject));
        Question question = Assert.Single(set.Questions);
        Assert.Equal("what bends", question.Text);
        Assert.Equal(new Dictionary<string, double> { ["d1"] = 2 }, question.Relevant);
        Assert.Equal("1 judgements of documents that are not there left out", set.Note);
    }

    [Theory]
    [InlineData("queries.jsonl", null, "no queries.jsonl")]
    [InlineData("qrels.tsv", null, "no qrels.tsv")]
    [InlineData("qrels.tsv", "q1\td1\t1\nq1 d1 1\n", "qrels.tsv, line 2")]
    [InlineData("corpus.jsonl", "{\"_id\": \"d1\", \"text\": \"x\"}\n{\"text\": \"x\"}\n", "corpus.jsonl, line 2: there is no '_id'")]
    [InlineData("corpus.jsonl", "{\"_id\"", "corpus.jsonl, line 1: it is no JSON")]
    public void An_incomplete_Beir_folder_is_refused(string file, string? content, string why)
    {
        Write("tiny/corpus.jsonl", "{\"_id\": \"d1\", \"text\": \"x\"}\n");
        Write("tiny/queries.jsonl", "{\"_id\": \"q1\", \"text\": \"x\"}\n");
        Write("tiny/qrels.tsv", "q1\td1\t1\n");
        if (content is null)
            File.Delete(Path.Combine(_folder, "tiny", file));
        else
            Write($"tiny/{file}", content);

        Assert.Contains(why, Refused());
    }

    [Fact]
    public void Sts_pairs_are_read_by_their_fields()
    {
        Write("any.csv", "g\tf\ty\t1\t4.50\tA \"man\" sings.\tOne sings.\ng\tf\ty\t2\t0\tIt rains.\tNo.\n");

        PairSet set = Assert.IsType<PairSet>(Assert.Single(Find()));

        Assert.Equal([new Pair("A \"man\" sings.", "One sings.", 4.5), new Pair("It rains.", "No.", 0)], set.Pairs);
    }

    [Fact]
    public void A_bad_line_of_Sts_is_named()
    {
        Write("any.csv", "g\tf\ty\t1\t4.50\tA.\tB.\ng\tf\ty\t2\t6\tA.\tB.\n");

        Assert.Contains("any.csv, line 2", Refused());
    }

    [Fact]
    public void Where_nothing_is_known_it_says_what_would_be()
    {
        Write("notes.md", "Nothing.");
        Write("other.json", "{}");
        List<string> passedOver = [];

        string message = Assert.Throws<EvalException>(() => SetFinder.Find(_folder, [], passedOver.Add)).Message;

        Assert.Contains(SetFinder.Understood, message);
        Assert.Equal(["notes.md", "other.json"], passedOver.Select(Path.GetFileName));
    }

    [Fact]
    public void Only_those_wanted_are_read()
    {
        Write("talks.json", Locomo);
        Write("any.csv", "g\tf\ty\t1\t4.50\tA.\tB.\nbad\n");

        Assert.Equal("talks", Assert.Single(SetFinder.Find(_folder, ["locomo"], _ => { })).Name);
        Assert.Equal("talks", Assert.Single(SetFinder.Find(_folder, ["talks"], _ => { })).Name);
        Assert.Contains("There is no set none", Assert.Throws<EvalException>(() => SetFinder.Find(_folder, ["locomo", "none"], _ => { })).Message);
    }

    [Fact]
    public void The_hash_is_of_the_content()
    {
        Write("any.csv", "g\tf\ty\t1\t4.50\tA.\tB.\n");
        string before = Find()[0].ContentHash;
        File.Move(Path.Combine(_folder, "any.csv"), Path.Combine(_folder, "other.csv"));
        Assert.Equal(before, Find()[0].ContentHash);

        Write("other.csv", "g\tf\ty\t1\t4.25\tA.\tB.\n");
        Assert.NotEqual(before, Find()[0].ContentHash);
    }

    [Fact]
    public void A_limit_takes_questions_evenly()
    {
        var set = new PairSet("p", "sts", [], [.. Enumerable.Range(0, 10).Select(i => new Pair("", "", i))]);

        Assert.Equal([0, 3, 6], set.Limit(3).Pairs.Select(pair => pair.Score));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private IReadOnlyList<EvalSet> Find() => SetFinder.Find(_folder, [], _ => { });

    private string Refused() => Assert.Throws<EvalException>(Find).Message;

    private void Write(string file, string content)
    {
        string path = Path.Combine(_folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture);
}
