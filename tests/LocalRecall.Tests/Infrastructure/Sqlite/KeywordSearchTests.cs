using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Sqlite;

public sealed class KeywordSearchTests : IDisposable
{
    private readonly TestStore _store = new();

    public void Dispose() => _store.Dispose();

    private IReadOnlyList<string> Search(string query, SearchFilter? filter = null) =>
        _store.Texts(_store.Reader.SearchKeywords(KeywordQuery.Parse(query), filter ?? SearchFilter.None, 10).Hits.Select(h => h.ChunkId));

    [Theory]
    [InlineData("getUserName")]
    [InlineData("user name")]
    [InlineData("GETUSERNAME")]
    [InlineData("get_user_name")]
    public void An_identifier_is_found_by_its_name_and_by_its_words(string query)
    {
        _store.Put("/m/1.md", Given.Memory(1, "It calls getUserName twice."));
        _store.Put("/m/2.md", Given.Memory(2, "Something else entirely."));
        Assert.Equal(["It calls getUserName twice."], Search(query));
    }

    [Theory]
    [InlineData("get_user_name")]
    [InlineData("user name")]
    [InlineData("getUserName")]
    public void So_is_one_with_underscores(string query)
    {
        _store.Put("/m/1.md", Given.Memory(1, "It calls get_user_name twice."));
        _store.Put("/m/2.md", Given.Memory(2, "Something else entirely."));
        Assert.Equal(["It calls get_user_name twice."], Search(query));
    }

    [Theory]
    [InlineData("crashes", "The crash happened.")]
    [InlineData("parsing", "It was parsed.")]
    [InlineData("uber", "Es steht ÜBER allem.")]
    [InlineData("日本", "これは日本語です")]
    public void Words_are_found_by_their_stems_without_accents_and_in_any_script(string query, string text)
    {
        _store.Put("/m/1.md", Given.Memory(1, text));
        _store.Put("/m/2.md", Given.Memory(2, "Something else entirely."));
        Assert.Equal([text], Search(query));
    }

    [Fact]
    public void Any_of_the_words_is_enough_and_more_and_rarer_ones_rank_higher()
    {
        for (int i = 0; i < 20; i++) _store.Put($"/m/{i}.md", Given.Memory(i, i < 4 ? $"Common word number x{i}" : $"Another text x{i}"));
        _store.Put("/m/a.md", Given.Memory(30, "Rare gem"));
        _store.Put("/m/b.md", Given.Memory(31, "Common rare thing"));

        IReadOnlyList<KeywordHit> hits = _store.Reader.SearchKeywords(Given.Words("common", "rare", "absent"), SearchFilter.None, 4).Hits;
        Assert.Equal(["Common rare thing", "Rare gem"], _store.Texts(hits.Select(h => h.ChunkId)).Take(2));
        Assert.Equal(["common", "rare"], hits[0].MatchedTerms.Order());
        Assert.Equal(["rare"], hits[1].MatchedTerms);
        Assert.Equal(4, hits.Count);
        Assert.Equal(hits.OrderByDescending(h => h.Bm25), hits);
        Assert.All(hits, h => Assert.True(h.Bm25 > 0));
    }

    [Fact]
    public void Every_term_is_counted_whether_it_is_found_or_not()
    {
        for (int i = 0; i < 3; i++) _store.Put($"/m/{i}.md", Given.Memory(i, $"A memory leak x{i}"));
        _store.Put("/m/9.md", Given.Memory(9, "A leak in the memory", project: "/elsewhere"));

        KeywordMatches matches = _store.Reader.SearchKeywords(new KeywordQuery(["leak", "absent"], ["memory leak"]), new SearchFilter(Project: "/p"), 10);

        Assert.Equal([new TermCount("memory leak", 3), new TermCount("leak", 4), new TermCount("absent", 0)], matches.Terms);
        Assert.Equal([true, false, false], matches.Terms.Select(term => term.IsPhrase));
        Assert.Equal(3, matches.Hits.Count);
    }

    [Fact]
    public void A_subject_weighs_more_than_the_text_and_finds_every_chunk()
    {
        _store.Put("/m/1.md", Given.Memory(1, "Here is a lighthouse in the text"));
        _store.Put("/m/2.md", Given.Memory(2, "One\n\nTwo", "The lighthouse"));
        _store.Put("/m/3.md", Given.Memory(3, "Three", keywords: "lighthouse"));
        IReadOnlyList<string> found = _store.Texts(_store.Find("lighthouse"));
        Assert.Equal(4, found.Count);
        Assert.Equal("Here is a lighthouse in the text", found[^1]);
    }

    [Fact]
    public void A_phrase_is_found_as_a_whole()
    {
        _store.Put("/m/1.md", Given.Memory(1, "memory leak in the parser"));
        _store.Put("/m/2.md", Given.Memory(2, "a leak of memory"));
        Assert.Equal(["memory leak in the parser"], _store.Texts(
            _store.Reader.SearchKeywords(new KeywordQuery([], ["memory leak"]), SearchFilter.None, 10).Hits.Select(h => h.ChunkId)));
    }

    [Theory]
    [InlineData("\"")]
    [InlineData("\"\"")]
    [InlineData("a\" OR \"b")]
    [InlineData("NEAR(x y)")]
    [InlineData("subject:x")]
    [InlineData("x*")]
    [InlineData("^x")]
    [InlineData("(")]
    [InlineData("-")]
    [InlineData("\0")]
    [InlineData("a\0b")]
    [InlineData("")]
    [InlineData("\uD800")]
    [InlineData("AND")]
    [InlineData("{a b} : c")]
    public void Nothing_in_a_term_is_syntax(string term)
    {
        _store.Put("/m/1.md", Given.Memory(1, "A text without any of that: apples"));
        _store.Put("/m/2.md", Given.Memory(2, "Pears only"));
        Assert.Equal(["A text without any of that: apples"], _store.Texts(
            _store.Reader.SearchKeywords(new KeywordQuery([term, "apples"], [term]), SearchFilter.None, 10).Hits.Select(h => h.ChunkId)));
        Assert.Empty(_store.Reader.SearchKeywords(new KeywordQuery([], []), SearchFilter.None, 10).Hits);
    }

    [Fact]
    public void Excluded_memories_make_room_for_others()
    {
        for (int i = 0; i < 12; i++) _store.Put($"/m/{i}.md", Given.Memory(i, $"word number{i}"));
        long[] found = [.. _store.Reader.SearchKeywords(Given.Words("word"), SearchFilter.None, 10).Hits.Select(h => h.ChunkId)];

        var filter = new SearchFilter(Excluded: found.ToHashSet());

        Assert.Equal(10, found.Length);
        Assert.Equal(2, Search("word", filter).Count);
        Assert.Equal(2, _store.Reader.List(filter, null, 10).Total);
        Assert.Empty(_store.Reader.SearchKeywords(Given.Words("word"), filter, 10).Hits.Select(h => h.ChunkId).Intersect(found));
    }

    [Fact]
    public void Filters_leave_out_other_kinds_times_projects_and_scopes()
    {
        _store.Put("/m/1.md", Given.Memory(1, "word one"));
        _store.Put("/m/2.md", Given.Memory(2, "word two", kind: MemoryKind.Thinking, day: 10));
        _store.Put("/m/3.md", Given.Memory(3, "word three", appliesTo: "file:src/a.cs", day: 20));
        _store.Put("/m/4.md", Given.Memory(4, "word four", project: "/p", day: 30));
        _store.Put("/m/5.md", Given.Memory(5, "word five", project: "/q", appliesTo: "area:build", day: 40));

        void Finds(SearchFilter filter, params string[] numbers)
        {
            Assert.Equal(numbers.Order(), Search("word", filter).Select(t => t[5..]).Order());
            Assert.Equal(numbers.Order(), _store.Reader.List(filter, null, 10).Memories.Select(m => m.Memory.Body[5..]).Order());
            Assert.Equal(numbers.Length, _store.Reader.List(filter, null, 1).Total);
        }

        Finds(SearchFilter.None, "one", "two", "three", "four", "five");
        Finds(new SearchFilter([MemoryKind.Thinking]), "two");
        Finds(new SearchFilter([]), "one", "two", "three", "four", "five");
        Finds(new SearchFilter(Since: Given.Start.AddDays(10), Until: Given.Start.AddDays(20)), "two");
        Finds(new SearchFilter(Project: "/p"), "one", "two", "three", "four");
        Finds(new SearchFilter(Scope: Scope.File("src/a.cs")), "one", "two", "three", "four");
        Finds(new SearchFilter(Scope: Scope.Area("build")), "one", "two", "four", "five");
        Finds(new SearchFilter([MemoryKind.Episodic], Scope.Global, "/p", Given.Start.AddDays(1)), "four");
        Finds(new SearchFilter([MemoryKind.Document]));
    }

    [Fact]
    public void Words_in_very_many_chunks_find_the_newest_and_a_filter_still_finds_the_oldest()
    {
        Memory[] memories = [.. Enumerable.Range(0, 3500).Select(i => Given.Memory(i, $"everywhere x{i}", appliesTo: i == 0 ? "area:first" : "area:rest"))];
        _store.Put("/m/a.jsonl", memories);

        Assert.Equal(50, _store.Reader.SearchKeywords(Given.Words("everywhere"), SearchFilter.None, 50).Hits.Count);
        Assert.Equal(["everywhere x0"], Search("everywhere", new SearchFilter(Scope: Scope.Area("first"))));
        Assert.Equal("everywhere x7", Search("everywhere x7")[0]);
        Assert.Equal(10, Search("everywhere x7").Count);
        Assert.Equal(["everywhere", "x7"], _store.Reader.SearchKeywords(Given.Words("everywhere", "x7"), SearchFilter.None, 5).Hits[0].MatchedTerms.Order());
    }
}
