using LocalRecall.Contracts.Hooks;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Memories;
using LocalRecall.Tests.Core.Transcripts;
using Xunit;
using static LocalRecall.Actors.Index.IndexProtocol;

namespace LocalRecall.Tests.Actors.Transcripts;

/// <summary>From the spool folder and a transcript to what is stored; files and SQLite are real.</summary>
public sealed class TranscriptsActorTests : HostTest
{
    private const string Session = "5e551074-0000-4000-8000-000000000001";

    private string Repo => Path.Combine(Home, "repo");

    private Sample NewSample() => new(Repo, Session);

    private string Transcript(string name = Session) => Path.Combine(Home, "agent", $"{name}.jsonl");

    private void Save(Sample sample, string? path = null) => WriteFile(path ?? Transcript(), sample.Text, append: false);

    private static void WriteFile(string path, string text, bool append)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (append) File.AppendAllText(path, text);
        else File.WriteAllText(path, text);
    }

    private HookInput Hook(Sample sample, string name = "Stop", string? last = null, string? path = null) =>
        new("claude-code", name, sample.Session, null, sample.Cwd, null, null, path ?? Transcript(), last, sample.Now);

    private string Spool(HookInput hook) => HookSpool.Write(Home, hook);

    /// <summary>Spools, tells the host, and waits until it has dealt with everything.</summary>
    private void Record(params HookInput[] hooks)
    {
        foreach (HookInput hook in hooks) Spool(hook);
        Ask<SpoolNoted>(h => new NoteSpool(h));
        AwaitSpoolEmpty();
    }

    private void AwaitSpoolEmpty() => AwaitAssert(() => Assert.Empty(HookSpool.List(Home)), TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(20));

    private IReadOnlyList<(string Kind, string Subject, string? Project)> Stored()
    {
        MemoryPage page = Ask<MemoryPage>(h => new ListMemories(h, MemoryFilter.None, null, 100));
        return [.. page.Memories.Select(m => (m.Kind, m.Subject, m.Project)).Order()];
    }

    private IReadOnlyList<Guid> Ids() => [.. Ask<MemoryPage>(h => new ListMemories(h, MemoryFilter.None, null, 100)).Memories.Select(m => m.Id)];

    private int Files() => Directory.Exists(Path.Combine(Home, "memories")) ? Directory.EnumerateFiles(Path.Combine(Home, "memories"), "*.md", SearchOption.AllDirectories).Count() : 0;

    [Fact]
    public void A_turn_that_ended_is_stored_as_an_exchange_and_its_thoughts()
    {
        Directory.CreateDirectory(Path.Combine(Repo, ".git"));
        Sample sample = new Sample(Path.Combine(Repo, "src"), Session).Prompt("Why is it slow?").Think("1", "The index?").Say("1", "I look.").Use("1").Result().Say("2", "An index was missing.");
        Save(sample);

        Record(Hook(sample));

        Assert.Equal([("exchange", "Why is it slow?", Repo), ("thinking", "The index?", Repo)], Stored());
        MemoryFound found = Ask<MemoryFound>(h => new GetMemory(h, Search("slow index missing").Hits[0].Summary.Id, 0));
        Assert.Equal("## Prompt\n\nWhy is it slow?\n\n## Answer\n\nAn index was missing.", found.Content);
        Assert.Equal(Sample.Start.AddSeconds(1), found.Summary.OccurredAt);
        Assert.Equal(Path.Combine(Home, "memories", "exchange-memory", $"{found.Summary.Id}.md"), found.Summary.Path);
    }

    [Fact]
    public void Reading_again_with_more_or_from_the_beginning_stores_nothing_twice()
    {
        Sample sample = NewSample().Prompt("One").Think("1", "Hm.").Say("1", "Answer one");
        Save(sample);
        Record(Hook(sample), Hook(sample), Hook(sample, "SessionEnd"));
        Assert.Equal(2, Ids().Count);
        IReadOnlyList<Guid> before = Ids();

        sample.Prompt("Two").Say("2", "Answer two");
        Save(sample);
        Record(Hook(sample, last: "Answer two"));
        Assert.Equal(3, Ids().Count);

        Save(sample, Transcript("resumed"));
        Record(Hook(sample, path: Transcript("resumed")));
        File.WriteAllText(Transcript(), string.Concat(sample.Lines.Skip(2).Select(line => line + "\n"))); // it shrank
        Record(Hook(sample));

        Assert.Equal(3, Ids().Count);
        Assert.Subset(Ids().ToHashSet(), before.ToHashSet());
        Assert.Equal(3, Files());
    }

    [Fact]
    public void An_answer_that_the_file_lacks_and_a_torn_line_are_read_when_they_are_whole()
    {
        Sample sample = NewSample().Prompt("One").Use("1").Result();
        Save(sample);
        Record(Hook(sample, last: "Answer one"));
        Assert.Equal([("exchange", "One", Repo)], Stored());

        sample.Think("2", "Late thought").Say("2", "Answer one");
        string text = sample.Text;
        WriteFile(Transcript(), text[..^20], append: false);
        Record(Hook(sample, "PreCompact"));
        Assert.Single(Stored());

        WriteFile(Transcript(), text[^20..], append: true);
        Record(Hook(sample, "SessionEnd"));
        Assert.Equal([("exchange", "One", Repo), ("thinking", "Late thought", Repo)], Stored());
    }

    [Fact]
    public void What_was_left_by_hooks_while_no_host_ran_is_dealt_with_at_start()
    {
        StopHost();
        Sample sample = NewSample().Prompt("One").Say("1", "Answer one");
        Save(sample);
        Spool(Hook(sample));

        StartHost();

        AwaitSpoolEmpty();
        Assert.Equal([("exchange", "One", Repo)], Stored());
    }

    [Fact]
    public void What_was_forgotten_stays_forgotten_and_leaves_no_file()
    {
        Sample sample = NewSample().Prompt("One").Say("1", "Answer one");
        Save(sample);
        Record(Hook(sample));
        string file = Ask<MemoryForgotten>(h => new ForgetMemory(h, Ids()[0])).DeletedPaths[0];

        Record(Hook(sample));
        Assert.Empty(Ids());

        // As if a host had ended between the file and the index.
        WriteFile(file, "", append: false);
        File.Delete(file);
        Memory memory = new(MemoryId.Of(DedupKey.Of(Exchange("One", "Answer one"))), MemoryKind.Exchange, "One", [], AppliesTo.Global, Sample.Start, Repo, Exchange("One", "Answer one").Body);
        WriteFile(file, LocalRecall.Core.Formats.MarkdownMemory.Write(memory), append: false);
        Record(Hook(sample));
        AwaitAssert(() => Assert.False(File.Exists(file)));
        Assert.Empty(Ids());
        Assert.Equal(0, Files());
    }

    private Memory Exchange(string prompt, string answer) =>
        new(default, MemoryKind.Exchange, prompt, [], AppliesTo.Global, Sample.Start, Repo, MemoryRules.ExchangeBody(prompt, answer));

    [Fact]
    public void A_memory_that_somebody_changed_is_left_as_it_is()
    {
        Sample sample = NewSample().Prompt("One").Say("1", "Answer one");
        Save(sample);
        Record(Hook(sample));
        string file = Directory.GetFiles(Path.Combine(Home, "memories", "exchange-memory")).Single();
        string changed = File.ReadAllText(file).Replace("Answer one", "A better answer").Replace("content_hash", "was_hash");
        File.WriteAllText(file, changed);
        AwaitAssert(() => Assert.NotEmpty(Search("better").Hits), TimeSpan.FromSeconds(20));

        Save(sample, Transcript("fork"));
        Record(Hook(sample, path: Transcript("fork")));

        Assert.Equal(changed, File.ReadAllText(file));
        Assert.Single(Ids());
    }

    [Fact]
    public void A_session_is_not_given_what_it_wrote()
    {
        Guid own = Add("A fact", "Something the agent stored itself").Id, other = Add("Another", "Something else that it did not").Id;
        Sample sample = NewSample().Prompt("Remember").Use("1", "mcp__localrecall__episodic_create", "t1").Result("t1", $$"""{"success":true,"id":"{{own}}"}""").Say("2", "Remembered.");
        Save(sample);
        Record(Hook(sample));

        int ChunksOf(string session)
        {
            Host.Index.Tell(new FindSessionChunks(Guid.NewGuid(), session), TestActor);
            return FishForMessage<SessionChunksFound>(_ => true).ChunkIds.Count;
        }

        Assert.Equal(2, ChunksOf(Session)); // the fact, and the exchange
        Assert.Equal(0, ChunksOf("another session"));
        Assert.Equal(3, Ids().Count);
        Assert.Contains(other, Ids());
    }

    [Fact]
    public void Where_nothing_may_be_kept_nothing_is_and_never_will_be()
    {
        Sample sample = NewSample().Prompt("One").Say("1", "Answer one");
        string ignore = Path.Combine(Repo, OptOut.FileName);
        WriteFile(ignore, "", append: false);
        Save(sample);
        Record(Hook(sample));
        Assert.Empty(Ids());

        File.Delete(ignore);
        sample.Prompt("Two").Say("2", "Answer two");
        Save(sample);
        Record(Hook(sample));
        Assert.Equal([("exchange", "Two", Repo)], Stored());
    }

    [Fact]
    public void Secrets_and_private_blocks_do_not_come_in()
    {
        Sample sample = NewSample().Prompt("Deploy it <private>to the moon</private> now").Say("1", "I used the token ghp_16C7e42F292c6912E7710c838347Ae178B4a.").Prompt("<private>all of it</private>").Say("2", "Yes.");
        Save(sample);
        Record(Hook(sample));

        string file = File.ReadAllText(Directory.GetFiles(Path.Combine(Home, "memories", "exchange-memory")).Single());
        Assert.Contains("Deploy it now", file);
        Assert.DoesNotContain("moon", file);
        Assert.DoesNotContain("ghp_", file);
    }

    [Theory]
    [InlineData("not/absolute.jsonl")]
    [InlineData("/etc/passwd")]
    [InlineData("/dev/zero")]
    [InlineData("/nowhere/at/all.jsonl")]
    [InlineData("")]
    [InlineData(null)]
    public void What_is_no_transcript_is_not_read(string? path)
    {
        HookInput hook = Hook(NewSample().Prompt("One"), last: "Answer") with { TranscriptPath = path };
        Record(hook);
        Assert.Empty(Ids());
    }

    [Fact]
    public void A_link_to_something_else_and_a_folder_are_not_read()
    {
        if (OperatingSystem.IsWindows()) return;
        Directory.CreateDirectory(Path.Combine(Home, "agent", "folder.jsonl"));
        File.CreateSymbolicLink(Transcript("zero"), "/dev/zero");
        File.WriteAllText(Path.Combine(Home, "agent", "other.txt"), NewSample().Prompt("One").Say("1", "Answer").Prompt("Two").Text);
        File.CreateSymbolicLink(Transcript("other"), Path.Combine(Home, "agent", "other.txt"));
        Sample sample = NewSample().Prompt("x");

        Record(Hook(sample, path: Transcript("folder")), Hook(sample, path: Transcript("zero")), Hook(sample, path: Transcript("other")));

        Assert.Empty(Ids());
    }

    [Fact]
    public void Files_that_are_none_of_ours_are_set_aside_and_hold_nobody_up()
    {
        Directory.CreateDirectory(HookSpool.FolderOf(Home));
        File.WriteAllText(Path.Combine(HookSpool.FolderOf(Home), "0-bad.json"), "{ torn");
        File.WriteAllBytes(Path.Combine(HookSpool.FolderOf(Home), "1-bad.json"), [0, 255, 1]);
        Sample sample = NewSample().Prompt("One").Say("1", "Answer one");
        Save(sample);

        Record(Hook(sample));

        Assert.Single(Ids());
        Assert.Equal(2, Directory.GetFiles(HookSpool.BadFolderOf(Home)).Length);
    }

    [Fact]
    public void Transcripts_in_other_formats_are_passed_over()
    {
        WriteFile(Transcript(), """
            {"timestamp":"2026-04-01T09:00:00Z","type":"session_meta","payload":{"id":"x","cwd":"/p"}}
            {"timestamp":"2026-04-01T09:00:01Z","type":"response_item","payload":{"type":"message","role":"user","content":[{"type":"input_text","text":"hello"}]}}
            {"role":"user","message":{"content":[{"type":"text","text":"hello"}]}}

            """, append: false);
        Record(Hook(NewSample(), last: "An answer") with { Agent = "codex" });
        Assert.Empty(Ids());
    }

    [Fact]
    public void Long_transcripts_are_stored_part_by_part()
    {
        Sample sample = NewSample();
        for (int i = 0; i < 230; i++) sample.Prompt($"Prompt {i}").Say($"m{i}", $"Answer {i}");
        Save(sample);
        Record(Hook(sample));
        Assert.Equal(230, Ask<MemoryPage>(h => new ListMemories(h, MemoryFilter.None, null, 1)).Total);
    }
}
