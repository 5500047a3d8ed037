using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Sqlite;

/// <summary>What sessions wrote and were given, and how far their transcripts were read.</summary>
public sealed class SessionMemoryTests : IDisposable
{
    private readonly TestStore _store = new();

    public SessionMemoryTests()
    {
        _store.Put("/m/1.md", Given.Memory(1, "The first\n\nIn two chunks"));
        _store.Put("/m/2.md", Given.Memory(2, "The second", project: "/p"));
        _store.Put("/m/3.md", Given.Memory(3, "The third", kind: MemoryKind.Exchange));
    }

    public void Dispose() => _store.Dispose();

    private void Note(string session, SessionRole role, int day, params int[] ids) =>
        _store.Writer.NoteSessionMemories(session, [.. ids.Select(Given.Id)], role, Given.Start.AddDays(day));

    private IEnumerable<string> KnownTo(string session) => _store.Texts(_store.Reader.FindSessionChunks(session)).Order();

    private IEnumerable<(MemoryId Id, int Uses)> Used(SearchFilter? filter = null, int limit = 10) =>
        _store.Reader.ListMostUsed(filter ?? SearchFilter.None, limit).Select(used => (used.Stored.Memory.Id, used.Uses));

    [Fact]
    public void A_session_knows_all_chunks_of_what_it_wrote_and_was_given_and_no_others()
    {
        Note("a", SessionRole.Written, 0, 1);
        Note("a", SessionRole.Given, 0, 3);
        Note("b", SessionRole.Given, 0, 2);

        _store.Reopen();

        Assert.Equal(["In two chunks", "The first", "The third"], KnownTo("a"));
        Assert.Equal(["The second"], KnownTo("b"));
        Assert.Empty(KnownTo("c"));
    }

    [Fact]
    public void What_is_noted_before_it_is_stored_or_read_anew_later_is_known()
    {
        Note("a", SessionRole.Written, 0, 1, 4);
        _store.Put("/m/4.md", Given.Memory(4, "It comes later"));
        _store.Writer.RemoveSources(["/m/1.md"]);
        _store.Put("/m/1.md", Given.Memory(1, "The first\n\nIn two chunks"));

        Assert.Equal(["In two chunks", "It comes later", "The first"], KnownTo("a"));
    }

    [Fact]
    public void A_second_name_of_a_memory_means_the_memory()
    {
        _store.Put("/m/5.md", Given.Memory(5, "The second", project: "/p"));
        Note("a", SessionRole.Written, 0, 5);

        Assert.Equal(["The second"], KnownTo("a"));
    }

    [Fact]
    public void A_session_that_lost_its_context_may_be_given_again_what_it_was_given_but_not_what_it_wrote()
    {
        Note("a", SessionRole.Given, 0, 1, 2);
        Note("a", SessionRole.Written, 0, 3);
        Note("b", SessionRole.Given, 0, 1);

        _store.Writer.ForgetGiven("a");

        Assert.Equal(["The third"], KnownTo("a"));
        Assert.Equal(["In two chunks", "The first"], KnownTo("b"));
        Assert.Equal([(Given.Id(1), 2), (Given.Id(2), 1)], Used());

        Note("a", SessionRole.Given, 1, 2);
        Assert.Equal(["The second", "The third"], KnownTo("a"));
    }

    [Fact]
    public void What_most_sessions_were_given_comes_first_and_then_what_was_given_last()
    {
        Note("a", SessionRole.Given, 0, 1, 2, 3);
        Note("b", SessionRole.Given, 1, 2, 1);
        Note("b", SessionRole.Given, 2, 2);
        Note("c", SessionRole.Written, 3, 3);

        Assert.Equal([(Given.Id(2), 2), (Given.Id(1), 2), (Given.Id(3), 1)], Used());
        Assert.Equal([(Given.Id(2), 2)], Used(limit: 1));
        Assert.Equal([(Given.Id(3), 1)], Used(new SearchFilter([MemoryKind.Exchange])));
        Assert.Equal([(Given.Id(1), 2), (Given.Id(3), 1)], Used(new SearchFilter(Project: "/q")));
        Assert.Equal(Given.Start.AddDays(2), _store.Reader.ListMostUsed(SearchFilter.None, 1)[0].LastUsed);
    }

    [Fact]
    public void What_was_noted_long_ago_goes()
    {
        Note("old", SessionRole.Given, 0, 1);
        Note("old", SessionRole.Given, 60, 2);
        Assert.Equal(["In two chunks", "The first", "The second"], KnownTo("old"));

        Note("new", SessionRole.Given, 61, 3);

        Assert.Equal(["The second"], KnownTo("old"));
        Assert.Equal([Given.Id(3), Given.Id(2)], Used().Select(used => used.Id));
    }

    [Fact]
    public void How_far_a_transcript_was_read_outlives_the_process_and_goes_after_long()
    {
        var first = new TranscriptPosition("/t/a.jsonl", 10, "x");
        _store.Writer.RememberTranscript(first, Given.Start);
        _store.Writer.RememberTranscript(new TranscriptPosition("/t/b.jsonl", 5, "y"), Given.Start.AddDays(10));
        _store.Reopen();
        Assert.Equal(first, _store.Reader.FindTranscript("/t/a.jsonl"));
        Assert.Null(_store.Reader.FindTranscript("/t/c.jsonl"));

        TranscriptPosition further = first with { OffsetBytes = 20, HeadHash = "z" };
        _store.Writer.RememberTranscript(further, Given.Start.AddDays(1));
        Assert.Equal(further, _store.Reader.FindTranscript("/t/a.jsonl"));

        _store.Writer.RememberTranscript(new TranscriptPosition("/t/b.jsonl", 6, "y"), Given.Start.AddDays(62));
        Assert.Null(_store.Reader.FindTranscript("/t/a.jsonl"));
        Assert.Equal(6, _store.Reader.FindTranscript("/t/b.jsonl")!.OffsetBytes);
    }

    [Fact]
    public void Contents_are_stored_forgotten_or_unknown()
    {
        string[] keys = [.. new[] { Given.Memory(1, "The first\n\nIn two chunks"), Given.Memory(9, "The second", project: "/p"), Given.Memory(9, "Never seen") }.Select(DedupKey.Of)];
        _store.Writer.Forget(Given.Id(1));

        IReadOnlyDictionary<string, KnownContent> known = _store.Reader.FindContents(keys);

        Assert.Equal(2, known.Count);
        Assert.Null(known[keys[0]].Id);
        Assert.Equal(Given.Id(2), known[keys[1]].Id);
    }
}
