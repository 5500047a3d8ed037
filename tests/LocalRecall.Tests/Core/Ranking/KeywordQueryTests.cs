using LocalRecall.Core.Ranking;
using Xunit;

namespace LocalRecall.Tests.Core.Ranking;

public sealed class KeywordQueryTests
{
    [Theory]
    [InlineData("sqlite mutex", "sqlite mutex", "")]
    [InlineData("What is the sqlite mutex?", "sqlite mutex", "")]
    [InlineData("what is the", "", "")]
    [InlineData("", "", "")]
    [InlineData("?! \"\" * : () AND", "", "")]
    [InlineData("a AND b OR NOT c NEAR(d)", "near", "")]
    [InlineData("C", "c", "")]
    [InlineData("\"mutex lock failed\" crash", "mutex lock failed crash", "mutex lock failed")]
    [InlineData("\"unpaired quote", "unpaired quote", "")]
    [InlineData("EmbeddingActor", "embeddingactor embedding actor", "")]
    [InlineData("parseHTTPHeader2", "parsehttpheader2 parse http header2", "")]
    [InlineData("ONNX", "onnx", "")]
    [InlineData("max_input_chars", "max input chars", "max input chars")]
    [InlineData("src/core/vector-store.ts", "src core vector store ts", "src core vector store ts")]
    [InlineData("C:\\repo\\a.cs", "repo cs", "c repo a cs")]
    [InlineData("std::mutex", "std mutex", "std mutex")]
    [InlineData("end of sentence. Next one", "end sentence next one", "")]
    [InlineData("don't panic", "panic", "")]
    [InlineData("emoji 😀 here ✅", "emoji", "")]
    [InlineData("数据库", "数据库 数据 据库", "")]
    [InlineData("使用SQLite", "使用sqlite 使用 sqlite sq lite", "")]
    [InlineData("Größe", "größe", "")]
    [InlineData("mutex Mutex MUTEX", "mutex", "")]
    public void Any_text_becomes_terms_and_phrases(string query, string terms, string phrases)
    {
        KeywordQuery parsed = KeywordQuery.Parse(query);
        Assert.Equal(terms, string.Join(' ', parsed.Terms));
        Assert.Equal(phrases, string.Join('|', parsed.Phrases));
        Assert.Equal(parsed.Terms.Count == 0 && phrases.Length == 0, parsed.IsEmpty);
    }

    [Fact]
    public void Any_query_is_bounded_and_free_of_syntax() => Gen.ForAll(1000, gen =>
    {
        KeywordQuery parsed = KeywordQuery.Parse(gen.Pick([gen.Block(2000), gen.Line(100), $"\"{gen.Line(50)}\" {gen.Line(50)}\"", gen.Line(40) + "\ud800"]));
        Assert.InRange(parsed.Terms.Count, 0, KeywordQuery.MaxTerms);
        Assert.InRange(parsed.Phrases.Count, 0, KeywordQuery.MaxPhrases);
        Assert.Equal(parsed.Terms.Distinct(), parsed.Terms);
        Assert.All(parsed.Terms.Concat(parsed.Phrases.SelectMany(p => p.Split(' '))), term =>
        {
            Assert.InRange(term.Length, 1, 64);
            Assert.Equal(term.ToLowerInvariant(), term);
            Assert.Equal(0..term.Length, Assert.Single(KeywordText.Runs(term)));
        });
    });

    [Fact]
    public void A_query_of_a_megabyte_gives_few_terms()
    {
        KeywordQuery parsed = KeywordQuery.Parse(string.Join(' ', Enumerable.Range(0, 150_000).Select(i => $"word{i}")));
        Assert.Equal(KeywordQuery.MaxTerms, parsed.Terms.Count);
        Assert.Empty(KeywordQuery.Parse(new string('x', 1_000_000)).Terms);
    }

    [Theory]
    [InlineData("plain words, no names", "")]
    [InlineData("the EmbeddingActor owns OnnxSession.", "embedding actor onnx session")]
    [InlineData("数据库 and かな", "数据 据库 かな")]
    [InlineData("snake_case is split by the index itself", "")]
    public void Extra_words_are_what_the_index_does_not_split(string text, string extra) => Assert.Equal(extra, KeywordText.Extra(text));

    [Fact]
    public void Every_term_of_a_text_is_found_in_it() => Gen.ForAll(500, gen =>
    {
        string text = gen.Line(200).Replace('"', ' ');
        HashSet<string> indexed = [.. KeywordText.Runs(text).Select(r => text[r].ToLowerInvariant()), .. KeywordText.Extra(text).Split(' ')];
        Assert.All(KeywordQuery.Parse(text).Terms, term => Assert.Contains(term, indexed));
    });

    [Theory]
    [InlineData("What did Caroline tell Melanie?", "caroline melanie")]
    [InlineData("Caroline left. Melanie stayed", "")]
    [InlineData("the mutex in withDbMutex", "withdbmutex db mutex")]
    [InlineData("look at src/hooks/stop.ts", "src hooks stop ts")]
    [InlineData("port 11434 and ERR_TIMEOUT", "11434 err timeout")]
    [InlineData("update the documentation", "")]
    public void Names_are_what_the_text_marks_as_such(string query, string names) => Assert.Equal(names, string.Join(' ', KeywordQuery.Parse(query).Names));
}
