using Akka.Actor;
using LocalRecall.Contracts.Messages;
using Xunit;

namespace LocalRecall.Tests.Actors.Ingest;

public sealed class IngestTests : HostTest
{
    [Fact]
    public void An_added_memory_is_a_file_and_is_found()
    {
        MemoryAdded added = Add("Frames", "Akka.Remote drops frames over the limit in silence.");

        MemoryFound found = Ask<MemoryFound>(h => new GetMemory(h, added.Id, 0));
        Assert.Equal("Akka.Remote drops frames over the limit in silence.", found.Content);
        Assert.Contains(found.Content, File.ReadAllText(found.Summary.Path!));
        Assert.Equal(added.Id, Assert.Single(Search("frames dropped").Hits).Summary.Id);
    }

    [Fact]
    public void The_same_content_in_the_same_scope_is_stored_once_and_leaves_one_file()
    {
        MemoryAdded first = Add("One", "The very same content, twice.");
        MemoryAdded second = Add("Two", "The very same content, twice.");

        Assert.Equal((first.Id, true), (second.Id, second.Duplicate));
        Assert.Single(Directory.GetFiles(Path.Combine(Home, "memories"), "*.md", SearchOption.AllDirectories));
        Assert.Equal(1, Status().Index.Memories.Sum(k => k.Count));
    }

    [Theory]
    [InlineData("nonsense", "A subject", "The kind is 'nonsense'")]
    [InlineData("document", "A subject", "The kind is 'document'")]
    [InlineData("episodic", "", "subject")]
    public void A_memory_against_the_rules_is_refused_with_the_reason(string kind, string subject, string reason)
    {
        var failure = Ask<Failure>(h => new AddMemory(h, kind, subject, ["k"], "global", null, null, "Long enough content."));

        Assert.Equal(FailureCode.BadRequest, failure.Code);
        Assert.Contains(reason, failure.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Importing_a_folder_takes_all_and_reports_the_broken_ones()
    {
        WriteFile("notes/a.md", "# Alpha\n\nThe first note is about apples.");
        WriteFile("notes/b.txt", "The second note is about bananas.");
        string broken = WriteFile("notes/broken.md", "---\nid: not-a-uuid\nsubject: Broken\napplies_to: global\noccurred_at: 2026-01-01T00:00:00.000Z\ncontent_hash: 0000000000000000\n---\nThis file's id is no id.\n");

        ImportFinished finished = Import(Path.Combine(Home, "outside", "notes"));

        Assert.Equal((3, 3, 2, 1), (finished.Counts.Files, finished.Counts.Done, finished.Counts.Stored, finished.Counts.Failed));
        Assert.Equal(broken, Assert.Single(finished.Faults).Path);
        Assert.Equal(broken, Assert.Single(Status().Faults).Path);
        Assert.Equal("Alpha", Search("apples").Hits[0].Summary.Subject);
    }

    [Fact]
    public void Importing_again_does_nothing_and_a_changed_file_replaces_its_chunks()
    {
        string path = WriteFile("note.md", "# Note\n\nIt speaks of cherries.");
        Import(path);
        int runs = Model.Runs.Count;

        Assert.Equal(1, Import(path).Counts.Unchanged);
        Assert.Equal(runs, Model.Runs.Count);

        File.WriteAllText(path, "# Note\n\nNow it speaks of dates instead.");
        Assert.Equal(1, Import(path).Counts.Stored);
        Assert.DoesNotContain("keyword", Search("cherries").Hits.SelectMany(h => h.Matched));
        Assert.Contains("keyword", Search("dates").Hits[0].Matched);
        Assert.Equal(1, Status().Index.Memories.Sum(k => k.Count));
    }

    [Fact]
    public void A_deleted_file_goes_and_a_moved_one_is_not_embedded_again()
    {
        string path = WriteFile("notes/old.md", "# Moved\n\nThis text moves about.");
        string folder = Path.GetDirectoryName(path)!;
        Import(folder);
        int texts = Model.Runs.Sum(r => r.Count);
        File.Move(path, Path.Combine(folder, "new.md"));

        ImportFinished finished = Import(folder);

        Assert.Equal((1, 1), (finished.Counts.Removed, finished.Counts.Stored + finished.Counts.Duplicates));
        Assert.Equal(texts, Model.Runs.Sum(r => r.Count));
        Assert.EndsWith("new.md", Assert.Single(Search("moves about").Hits).Summary.Path);
    }

    [Fact]
    public void A_watched_folder_is_followed_until_told_otherwise()
    {
        string folder = Path.GetDirectoryName(WriteFile("watched/a.md", "# A\n\nFirst there is one file."))!;
        Import(folder, watch: true);
        Assert.Equal([folder], Status().Watched);

        WriteFile("watched/b.md", "# B\n\nThen comes an elderberry.");
        AwaitAssert(() => Assert.Contains("keyword", Search("elderberry").Hits.SelectMany(h => h.Matched)), TimeSpan.FromSeconds(15));
        File.Delete(Path.Combine(folder, "b.md"));
        AwaitAssert(() => Assert.DoesNotContain("keyword", Search("elderberry").Hits.SelectMany(h => h.Matched)), TimeSpan.FromSeconds(15));

        Assert.Equal([folder], Ask<WatchingStopped>(h => new StopWatching(h, [folder])).Paths);
        Assert.Empty(Status().Watched);
    }

    [Fact]
    public void Whoever_follows_the_folders_is_made_anew_when_it_fails()
    {
        string folder = Path.GetDirectoryName(WriteFile("watched/a.md", "# A\n\nFirst there is one file."))!;
        Import(folder, watch: true);
        ActorSelection watch = Sys.ActorSelection("/user/ingest/watch");
        watch.Tell(new Identify(1), TestActor);
        Watch(ExpectMsg<ActorIdentity>().Subject);

        watch.Tell(Kill.Instance);

        ExpectMsg<Terminated>();
        AwaitAssert(() => Assert.Equal([folder], Status().Watched), TimeSpan.FromSeconds(15));
    }

    [Fact]
    public void A_later_append_only_file_deletes_what_an_earlier_one_added()
    {
        static string AddAction(string id, string content) =>
            $$"""{"action":"add","id":"{{id}}","subject":"S","keywords":["k"],"applies_to":"global","occurred_at":"2026-01-01T00:00:00.000Z","content_hash":"x","content":"{{content}}","timestamp":"2026-01-01T00:00:00.000Z"}""" + "\n";
        string[] ids = [.. Enumerable.Range(0, 3).Select(_ => Guid.NewGuid().ToString())];
        WriteFile("old/episodic-memory/episodic-000001.jsonl", AddAction(ids[0], "Papayas are kept.") + AddAction(ids[1], "Durians are deleted in the next file."));
        string folder = Path.Combine(Home, "outside", "old");
        Import(folder);
        Assert.Equal(2, Status().Index.Memories.Sum(k => k.Count));

        WriteFile("old/episodic-memory/episodic-000002.jsonl", $$"""{"action":"delete","id":"{{ids[1]}}","timestamp":"2026-01-02T00:00:00.000Z"}""" + "\n" + AddAction(ids[2], "Guavas come later."));
        Import(folder);

        Assert.Equal([ids[0], ids[2]], Ask<MemoryPage>(h => new ListMemories(h, MemoryFilter.None, null, 10)).Memories.Select(m => m.Id.ToString()).OrderBy(id => Array.IndexOf(ids, id)));
    }

    [Fact]
    public void A_path_that_is_not_there_is_a_fault()
    {
        ImportFinished finished = Import(Path.Combine(Home, "nowhere"));

        Assert.Equal(1, finished.Counts.Failed);
        Assert.EndsWith("nowhere", Assert.Single(finished.Faults).Path);
    }

    [Fact]
    public void A_forgotten_memory_is_gone_with_its_file()
    {
        MemoryAdded added = Add("Secret", "The password of the staging server is swordfish.");
        string path = Ask<MemoryFound>(h => new GetMemory(h, added.Id, 0)).Summary.Path!;

        MemoryForgotten forgotten = Ask<MemoryForgotten>(h => new ForgetMemory(h, added.Id));

        Assert.Equal([path], forgotten.DeletedPaths);
        Assert.False(File.Exists(path));
        Assert.Equal(FailureCode.NotFound, Ask<Failure>(h => new GetMemory(h, added.Id, 0)).Code);
        Assert.Empty(Search("swordfish").Hits);
        Assert.Equal(FailureCode.NotFound, Ask<Failure>(h => new ForgetMemory(h, added.Id)).Code);
    }

    [Fact]
    public void A_forgotten_document_does_not_come_back_from_the_file_that_still_holds_it()
    {
        string path = WriteFile("doc.md", "# Doc\n\nA figgy pudding of a document.");
        Import(path);
        Guid id = Assert.Single(Search("figgy").Hits).Summary.Id;

        Assert.Equal([path], Ask<MemoryForgotten>(h => new ForgetMemory(h, id)).KeptPaths);
        Import(path);

        Assert.Empty(Search("figgy").Hits);
    }

    [Fact]
    public void Losing_the_list_of_the_forgotten_brings_nothing_back()
    {
        MemoryAdded added = Add("Secret", "The password of the staging server is swordfish.");
        Ask<MemoryForgotten>(h => new ForgetMemory(h, added.Id));
        StopHost();
        File.Delete(Path.Combine(Home, "forgotten.jsonl"));
        StartHost();

        Import(WriteFile("copy.md", $"---\nid: {added.Id}\nsubject: Secret\nkeywords:\n  - test\napplies_to: global\noccurred_at: 2026-01-01T00:00:00.000Z\n---\nThe password of the staging server is swordfish.\n"));

        Assert.Empty(Search("swordfish").Hits);
        Assert.True(File.Exists(Path.Combine(Home, "forgotten.jsonl")));
    }

    [Fact]
    public void A_fact_without_keywords_gets_those_of_its_subject()
    {
        var added = Ask<MemoryAdded>(h => new AddMemory(h, "episodic", "The staging server", [], "global", null, null, "It is rebooted every night."));

        Assert.Equal(["staging", "server"], Ask<MemoryFound>(h => new GetMemory(h, added.Id, 0)).Summary.Keywords);
    }

    [Fact]
    public void Without_the_model_memories_are_kept_and_embedded_once_it_is_back()
    {
        Model.OpenProblem = "no model today";
        MemoryAdded added = Add("Pending", "This one waits for its grapefruit vector.");

        Assert.True(added.EmbeddingPending);
        SearchResults degraded = Search("grapefruit");
        Assert.Contains("no model today", degraded.Degraded);
        Assert.Equal(added.Id, Assert.Single(degraded.Hits).Summary.Id);
        Assert.Equal(1, Status().Index.PendingChunks);

        Model.OpenProblem = null;
        StopHost();
        StartHost();

        AwaitAssert(() => Assert.Equal(0, Status().Index.PendingChunks), TimeSpan.FromSeconds(10));
        Assert.Contains("vector", Assert.Single(Search("grapefruit vector").Hits).Matched);
    }

    [Fact]
    public void After_a_restart_everything_is_there_and_nothing_is_embedded_again()
    {
        Add("Kept", "Honeydew melons survive restarts.");
        Import(WriteFile("doc.md", "# Doc\n\nSo do documents about jackfruit."));
        int texts = Model.Runs.Sum(r => r.Count);
        StopHost();
        StartHost();

        Assert.Equal(2, Status().Index.Memories.Sum(k => k.Count));
        Assert.Equal(2, Status().Index.Vectors);
        Assert.Equal(texts, Model.Runs.Sum(r => r.Count));
        Assert.Equal(["vector", "keyword"], Search("honeydew melons survive restarts").Hits[0].Matched);
    }

    [Fact]
    public void A_lost_index_is_rebuilt_from_the_files()
    {
        Add("Kept", "Kiwis survive the loss of the index.");
        Import(WriteFile("doc.md", "# Doc\n\nSo do documents about lychees."));
        StopHost();
        foreach (string file in Directory.GetFiles(Home, "recall.db*"))
        {
            File.Delete(file);
        }

        StartHost();

        AwaitAssert(() => Assert.Equal(2, Status().Index.Memories.Sum(k => k.Count)), TimeSpan.FromSeconds(10));
        Assert.Single(Search("lychees").Hits, h => h.Matched.Contains("keyword"));
    }

    [Fact]
    public void A_damaged_index_is_moved_aside_and_rebuilt()
    {
        Add("Kept", "Mangoes survive a damaged index.");
        StopHost();
        File.WriteAllBytes(Path.Combine(Home, "recall.db"), [.. Enumerable.Repeat((byte)0x5A, 20_000)]);
        File.Delete(Path.Combine(Home, "recall.db-wal"));

        StartHost();

        AwaitAssert(() => Assert.Equal(1, Status().Index.Memories.Sum(k => k.Count)), TimeSpan.FromSeconds(10));
        Assert.Contains(Directory.GetFiles(Home), file => Path.GetFileName(file).StartsWith("recall.db.damaged-", StringComparison.Ordinal));
    }

    private MemoryAdded AddAs(Guid requestId, string content) =>
        Ask<MemoryAdded>(h => new AddMemory(h, "episodic", "Repeated", ["test"], "global", null, null, content), requestId);

    private MemoryForgotten ForgetAs(Guid requestId, Guid memory) => Ask<MemoryForgotten>(h => new ForgetMemory(h, memory), requestId);

    private string[] OwnFiles() => Directory.GetFiles(Path.Combine(Home, "memories"), "*.md", SearchOption.AllDirectories);

    [Fact]
    public void An_add_repeated_to_the_next_host_is_the_same_memory()
    {
        var id = Guid.NewGuid();
        MemoryAdded first = AddAs(id, "Quinces are added once.");
        Assert.Equal(first, AddAs(id, "Quinces are added once."));
        string file = Assert.Single(OwnFiles());
        string text = File.ReadAllText(file);
        StopHost();
        StartHost();

        Assert.Equal(first, AddAs(id, "Quinces are added once."));
        Assert.Equal(file, Assert.Single(OwnFiles()));
        Assert.Equal(text, File.ReadAllText(file));
        Assert.Equal(1, Status().Index.Memories.Sum(k => k.Count));
    }

    [Fact]
    public void An_add_whose_host_ended_before_the_index_had_it_is_the_same_memory()
    {
        var id = Guid.NewGuid();
        MemoryAdded first = AddAs(id, "Medlars are added once.");
        StopHost();
        foreach (string file in Directory.GetFiles(Home, "recall.db*"))
        {
            File.Delete(file);
        }

        StartHost();

        Assert.Equal(first, AddAs(id, "Medlars are added once."));
        Assert.Single(OwnFiles());
        AwaitAssert(() => Assert.Equal(1, Status().Index.Memories.Sum(k => k.Count)), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Of_two_files_with_the_same_content_the_one_that_names_the_memory_stays()
    {
        (Guid first, Guid second) = (Guid.NewGuid(), Guid.NewGuid());
        AddAs(first, "Bullaces are added twice.");
        string other = Assert.Single(OwnFiles());
        string text = File.ReadAllText(other);
        StopHost();
        File.Delete(other);
        foreach (string file in Directory.GetFiles(Home, "recall.db*"))
        {
            File.Delete(file);
        }

        StartHost();
        Guid id = AddAs(second, "Bullaces are added twice.").Id;
        string named = Assert.Single(OwnFiles());
        StopHost();
        File.WriteAllText(other, text);
        StartHost();
        AwaitAssert(() => Assert.Equal(2, Status().Index.Sources), TimeSpan.FromSeconds(10));

        MemoryAdded again = AddAs(second, "Bullaces are added twice.");
        MemoryAdded copy = AddAs(first, "Bullaces are added twice.");

        Assert.Equal((id, false), (again.Id, again.Duplicate));
        Assert.Equal((id, true), (copy.Id, copy.Duplicate));
        Assert.Equal(named, Assert.Single(OwnFiles()));
    }

    [Fact]
    public void A_request_id_used_again_for_another_memory_overwrites_nothing()
    {
        var id = Guid.NewGuid();
        MemoryAdded first = AddAs(id, "The first under this id.");
        MemoryAdded second = AddAs(id, "The second under this id.");

        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal("The first under this id.", Ask<MemoryFound>(h => new GetMemory(h, first.Id, 0)).Content);
        Assert.Equal("The second under this id.", Ask<MemoryFound>(h => new GetMemory(h, second.Id, 0)).Content);
    }

    [Fact]
    public void A_repeated_add_leaves_what_was_written_into_the_file_since()
    {
        var id = Guid.NewGuid();
        AddAs(id, "As it was added.");
        StopHost();
        string file = Assert.Single(OwnFiles());
        string edited = File.ReadAllText(file).Replace("subject: Repeated", "subject: Edited by hand", StringComparison.Ordinal);
        File.WriteAllText(file, edited);
        StartHost();

        MemoryAdded again = AddAs(id, "As it was added.");

        Assert.Equal(edited, File.ReadAllText(file));
        Assert.Equal("Edited by hand", Ask<MemoryFound>(h => new GetMemory(h, again.Id, 0)).Summary.Subject);
    }

    [Fact]
    public void A_forget_repeated_to_the_same_host_gets_its_reply_again()
    {
        Guid memory = Add("Repeated", "Sloes are forgotten once.").Id;
        var id = Guid.NewGuid();
        MemoryForgotten first = ForgetAs(id, memory);

        MemoryForgotten again = ForgetAs(id, memory);

        Assert.Equal((first.Id, first.Subject), (again.Id, again.Subject));
        Assert.Equal(first.DeletedPaths, again.DeletedPaths);
    }

    [Fact]
    public void A_forget_whose_host_ended_before_the_file_was_deleted_is_finished_by_the_next_and_then_there_is_nothing()
    {
        Guid memory = Add("Half forgotten", "Rowans are forgotten in two steps.").Id;
        string file = Assert.Single(OwnFiles());
        string text = File.ReadAllText(file);
        var id = Guid.NewGuid();
        ForgetAs(id, memory);
        StopHost();
        File.WriteAllText(file, text);
        StartHost();

        MemoryForgotten again = ForgetAs(id, memory);

        Assert.Equal((memory, "Half forgotten"), (again.Id, again.Subject));
        Assert.Equal([file], again.DeletedPaths);
        Assert.Empty(OwnFiles());
        Assert.Empty(Search("rowans").Hits);
        StopHost();
        StartHost();
        Assert.Equal(FailureCode.NotFound, Ask<Failure>(h => new ForgetMemory(h, memory), id).Code);
    }
}
