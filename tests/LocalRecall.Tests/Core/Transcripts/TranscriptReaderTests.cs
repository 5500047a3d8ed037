using System.Text;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Transcripts;
using Xunit;

namespace LocalRecall.Tests.Core.Transcripts;

public sealed class TranscriptReaderTests
{
    private static TranscriptPlace PlaceOf(string folder) => new(folder.StartsWith("/repo", StringComparison.Ordinal) ? "/repo" : folder, folder.Contains("secret", StringComparison.Ordinal));

    private static TranscriptReader Read(Sample sample, params TurnEnd[] ends) => Read(sample.AsLines(), ends);

    private static TranscriptReader Read(List<TranscriptLine> lines, params TurnEnd[] ends)
    {
        var reader = new TranscriptReader(lines is [var first, ..] ? first.OffsetBytes : 0, Sample.Start, PlaceOf);
        lines.ForEach(reader.Add);
        reader.End(ends);
        return reader;
    }

    private static TurnEnd Stop(Sample sample, string? last = null) => new(sample.Now, last);

    private static string Exchange(string prompt, string answer) => $"## Prompt\n\n{prompt}\n\n## Answer\n\n{answer}";

    private static string Thinking(string thought, string output) => $"## Thought\n\n{thought}\n\n## Output\n\n{output}";

    private static IEnumerable<string> Bodies(TranscriptReader reader) => reader.Memories.Select(memory => memory.Body);

    private static Sample OneTurn() => new Sample().Noise().Prompt("Why is it slow?").Say("1", "Let me look.").Use("1").Result().Noise().Say("2", "The index was missing.");

    [Fact]
    public void An_exchange_is_a_prompt_and_the_answer_that_the_agent_stopped_with()
    {
        Sample sample = OneTurn();
        TranscriptReader reader = Read(sample, Stop(sample));

        Memory memory = Assert.Single(reader.Memories);
        Assert.Equal(
            (MemoryKind.Exchange, Exchange("Why is it slow?", "The index was missing."), "Why is it slow?", "/repo", Sample.Start.AddSeconds(5)),
            (memory.Kind, memory.Body, memory.Subject, memory.Project, memory.OccurredAt));
        Assert.Equal((AppliesTo.Global.Text, true), (memory.AppliesTo.Text, memory.Id.IsVersion4));
        Assert.Empty(MemoryRules.Validate(memory.Kind, memory.Subject, memory.Keywords, memory.AppliesTo.Text, memory.Body));
    }

    [Fact]
    public void While_the_agent_may_go_on_nothing_is_an_answer()
    {
        Assert.Empty(Read(OneTurn()).Memories);
        Assert.Equal([Exchange("Why is it slow?", "The index was missing.")], Bodies(Read(OneTurn().Prompt("And now?"))));
    }

    [Fact]
    public void What_the_hook_says_is_the_answer_before_the_file_holds_it_and_is_not_stored_again_after()
    {
        Sample lagging = new Sample().Prompt("Why is it slow?").Say("1", "Let me look.").Use("1").Result();
        TurnEnd stop = new(lagging.Now.AddSeconds(1), "\nThe index was missing.\n");
        TranscriptReader early = Read(lagging, stop);
        lagging.Say("2", "The index was missing.");

        Assert.Equal([Exchange("Why is it slow?", "The index was missing.")], Bodies(early));
        Assert.Equal(early.Memories.Select(m => m.Id), Read(lagging, stop).Memories.Select(m => m.Id));
        Assert.Equal(early.Memories.Select(m => m.Id), Read(lagging.Prompt("Thanks"), stop).Memories.Select(m => m.Id));
    }

    [Fact]
    public void What_the_hook_says_is_no_answer_to_a_later_prompt_nor_to_an_earlier_one()
    {
        Sample sample = new Sample().Prompt("One").Say("1", "Answer one");
        TurnEnd first = new(sample.Now, "Answer one");
        sample.Prompt("Two").Use("2").Result();
        Assert.Equal([Exchange("One", "Answer one")], Bodies(Read(sample, first)));

        // The second prompt is not in the file yet: it would be put to the first.
        Assert.Equal([Exchange("One", "Answer one")], Bodies(Read(new Sample().Prompt("One").Say("1", "Answer one"), new TurnEnd(sample.Now, "Answer two"))));
    }

    [Fact]
    public void A_turn_that_the_next_prompt_cut_short_has_its_last_words_as_answer()
    {
        Sample sample = new Sample().Prompt("Start it").Say("1", "It is starting. Let me check.").Use("1").Result().Prompt("Never mind");
        Assert.Equal([Exchange("Start it", "It is starting. Let me check.")], Bodies(Read(sample)));
        Assert.Empty(Read(new Sample().Prompt("Start it").Use("1").Result().Prompt("Never mind")).Memories);
    }

    [Fact]
    public void An_agent_that_is_woken_by_no_prompt_has_one_more_answer_whenever_it_is_read()
    {
        Sample sample = new Sample().Prompt("Run the tests").Use("1").Result().Say("2", "They run in the background.");
        TurnEnd first = new(sample.Now, "They run in the background.");
        string[] before = [.. Bodies(Read(sample, first))];
        sample.Prompt("<task-notification>\n<task-id>b1</task-id></task-notification>").Use("3").Result();
        Assert.Equal(before, Bodies(Read(sample, first with { LastMessage = "They run\nin the background." }))); // spaced otherwise
        sample.Say("4", "All pass.");
        TurnEnd second = new(sample.Now, "All pass.");

        string[] all = [Exchange("Run the tests", "They run in the background."), Exchange("Run the tests", "All pass.")];
        Assert.Equal(all[..1], before);
        Assert.Equal(all, Bodies(Read(sample, second)));
        Assert.Equal(all, Bodies(Read(sample, second, first)));
        Assert.Equal(all, Bodies(Read(sample.Prompt("Good"), first)));
    }

    [Theory]
    [InlineData("<command-name>/model</command-name>\n<command-message>model</command-message>")]
    [InlineData("<command-message>init is analysing…</command-message>\n<command-name>/init</command-name>")]
    [InlineData("<local-command-stdout>Set model</local-command-stdout>")]
    [InlineData("<bash-input>ls</bash-input>")]
    public void Commands_are_no_prompts_and_what_follows_them_answers_none(string command)
    {
        Sample sample = new Sample().Prompt("One").Say("1", "Answer one").Prompt(command).Meta("Do this and that").Say("2", "Done as commanded.");
        Assert.Equal([Exchange("One", "Answer one")], Bodies(Read(sample, Stop(sample, "Done as commanded."))));
    }

    [Theory]
    [InlineData("[Request interrupted by user for tool use]")]
    [InlineData("<task-notification>\n<task-id>x</task-id>")]
    [InlineData("<system-reminder>\nMind this.</system-reminder>")]
    public void What_the_program_says_in_the_persons_place_is_no_prompt(string text)
    {
        Assert.Empty(Read(new Sample().Prompt(text).Say("1", "Yes."), new TurnEnd(Sample.Start.AddDays(1), "Yes.")).Memories);
        Assert.Empty(Read(new Sample().PromptBlocks(text).Say("1", "Yes."), new TurnEnd(Sample.Start.AddDays(1), "Yes.")).Memories);
    }

    [Fact]
    public void What_the_program_puts_beside_a_prompt_is_left_out()
    {
        Sample sample = new Sample().PromptBlocks("<ide_opened_file>The user opened a.cs</ide_opened_file>", "What does it do?", "Tell me.").Say("1", "It adds.");
        Assert.Equal([Exchange("What does it do?\n\nTell me.", "It adds.")], Bodies(Read(sample, Stop(sample))));
    }

    [Fact]
    public void Meta_lines_and_summaries_of_compaction_are_no_prompts()
    {
        Sample sample = new Sample().Prompt("Build it").Use("1").Result().Summary("This session is being continued from a previous conversation").Meta("More for you").Use("2").Result().Say("3", "Built.");
        Assert.Equal([Exchange("Build it", "Built.")], Bodies(Read(sample, Stop(sample))));
    }

    [Fact]
    public void What_the_program_says_in_the_agents_place_is_no_answer()
    {
        Sample sample = new Sample().Prompt("Build it")
            .Raw("""{"type":"assistant","isSidechain":false,"message":{"id":"x","model":"<synthetic>","role":"assistant","content":[{"type":"text","text":"API Error: 500"}]}}""");
        Assert.Empty(Read(sample, Stop(sample)).Memories);
    }

    [Fact]
    public void A_thought_is_kept_with_what_was_said_until_the_next()
    {
        Sample sample = new Sample().Prompt("Fix it").Say("1", "\n\n").Think("1", "It may be the cache.").Say("1", "I look at the cache.").Use("1").Result()
            .Say("2", "It is the cache.").Use("2").Result().Think("3", "Now the tests.").Use("3").Result().Think("4", "").Say("4", "All fixed.");
        TranscriptReader reader = Read(sample, Stop(sample));

        Assert.Equal(
            [Thinking("It may be the cache.", "I look at the cache.\n\nIt is the cache."), Exchange("Fix it", "All fixed."), Thinking("Now the tests.", "All fixed.")],
            Bodies(reader));
        Memory thought = reader.Memories.First();
        Assert.Equal((MemoryKind.Thinking, "It may be the cache.", Sample.Start.AddSeconds(3), "/repo"), (thought.Kind, thought.Subject, thought.OccurredAt, thought.Project));
        Assert.All(reader.Memories, m => Assert.Empty(MemoryRules.Validate(m.Kind, m.Subject, m.Keywords, m.AppliesTo.Text, m.Body)));
    }

    [Fact]
    public void A_thought_that_nothing_was_said_after_is_left_out()
    {
        Sample sample = new Sample().Prompt("Fix it").Think("1", "It may be the cache.").Use("1").Result().Think("2", "Or not.").Use("2").Result().Prompt("Stop");
        Assert.Empty(Read(sample).Memories);
    }

    [Fact]
    public void What_a_thought_led_to_ends_where_the_agent_stops_however_it_goes_on()
    {
        Sample sample = new Sample().Prompt("Fix it").Think("1", "A thought.").Say("1", "First.");
        string[] before = [.. Bodies(Read(sample, Stop(sample)))];
        sample.Prompt("<task-notification>x").Say("2", "Second.").Prompt("Next");

        Assert.Equal([Exchange("Fix it", "First."), Thinking("A thought.", "First.")], before);
        Assert.Equal([.. before, Exchange("Fix it", "Second.")], Bodies(Read(sample)));
    }

    [Fact]
    public void Subagents_in_the_sessions_own_file_are_conversations_of_their_own()
    {
        Sample sample = new Sample().Prompt("Main prompt").Use("1", "Task").Prompt("Look it up", agent: "a1").Prompt("Count them", agent: "b2").Say("2", "Looked up.", agent: "a1")
            .Use("3", agent: "b2").Result(agent: "b2").Say("4", "Counted: 3.", agent: "b2").Result().Say("5", "Main answer.");
        Assert.Equal(
            [Exchange("Count them", "Counted: 3."), Exchange("Look it up", "Looked up."), Exchange("Main prompt", "Main answer.")],
            Bodies(Read(sample, Stop(sample, "Main answer."))).Order());
    }

    [Fact]
    public void Subagents_without_a_name_are_told_apart_by_the_line_before()
    {
        string Line(string type, string uuid, string? parent, string text) =>
            $$$"""{"type":"{{{type}}}","isSidechain":true,"uuid":"{{{uuid}}}","parentUuid":{{{(parent is null ? "null" : $"\"{parent}\"")}}},"cwd":"/x","message":{"id":"{{{uuid}}}","content":[{"type":"text","text":"{{{text}}}"}]}}""";
        Sample sample = new Sample().Prompt("Main").Raw(Line("user", "u1", null, "First task")).Raw(Line("user", "u2", null, "Second task"))
            .Raw(Line("assistant", "a1", "u1", "First report")).Raw(Line("assistant", "a2", "u2", "Second report")).Say("m", "All done");
        Assert.Equal(
            [Exchange("First task", "First report"), Exchange("Main", "All done"), Exchange("Second task", "Second report")],
            Bodies(Read(sample, Stop(sample))).Order());
    }

    [Fact]
    public void A_subagents_own_file_is_read_like_a_sessions()
    {
        Sample sample = new Sample().Prompt("Look it up", agent: "a1").Think("1", "Where?", agent: "a1").Say("1", "Here.", agent: "a1");
        TranscriptReader reader = Read(sample, Stop(sample, "Here."));
        Assert.Equal([Exchange("Look it up", "Here."), Thinking("Where?", "Here.")], Bodies(reader));
        Assert.Equal([Exchange("Look it up", "Later.")], Bodies(Read(new Sample().Prompt("Look it up", agent: "a1"), new TurnEnd(sample.Now, "Later."))));
    }

    [Fact]
    public void What_happens_where_nothing_may_be_kept_is_left_out()
    {
        Sample sample = new Sample("/home/secret").Prompt("One").Say("1", "Answer one");
        sample.Cwd = "/repo";
        sample.Prompt("Two").Think("2", "A thought").Say("2", "Looking").Use("2").Result();
        sample.Cwd = "/home/secret/deep";
        sample.Say("3", "The secret is 5.");
        sample.Cwd = "/repo";
        sample.Prompt("Three").Say("4", "Answer three");

        Assert.Equal([Exchange("Three", "Answer three")], Bodies(Read(sample, Stop(sample))));
    }

    [Fact]
    public void Memories_the_agent_wrote_itself_are_noted()
    {
        const string Created = "0b0c0d0e-0000-4000-8000-000000000001", Updated = "0b0c0d0e-0000-4000-8000-000000000002", Read1 = "0b0c0d0e-0000-4000-8000-000000000003";
        Sample sample = new Sample().Prompt("Remember this")
            .Use("1", "mcp__localrecall__episodic_create", "t1").Use("1", "mcp__plugin_x_localrecall__memory_update", "t2").Use("1", "mcp__localrecall__episodic_get", "t3").Use("1", "mcp__localrecall__episodic_create", "t4")
            .Result("t1", $$"""{"success": true, "id": "{{Created}}", "message": "stored"}""").Result("t2", $$"""{"id":"{{Updated}}"}""")
            .Result("t3", $$"""{"id":"{{Read1}}"}""").Result("t4", $$"""{"id":"{{Read1}}"}""", error: true);

        Assert.Equal([Created, Updated], Read(sample).Written.Select(id => id.ToString()).Order());
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[1,2]")]
    [InlineData("\"text\"")]
    [InlineData("{}")]
    [InlineData("""{"type":"user"}""")]
    [InlineData("""{"type":"user","message":null}""")]
    [InlineData("""{"type":"user","message":{"content":7}}""")]
    [InlineData("""{"type":"assistant","message":{"content":[1,null,"x",[],{"type":7},{"type":"text"},{"type":"thinking","thinking":{}}]}}""")]
    [InlineData("""{"type":{"a":1},"message":{"content":"x"},"isSidechain":"yes"}""")]
    [InlineData("""{"type":"user","isSidechain":true,"message":{"content":[]}}""")]
    [InlineData("\0\u0001\u0002\uFFFD")]
    public void Lines_that_are_not_understood_change_nothing(string line)
    {
        Sample sample = OneTurn();
        string expected = Assert.Single(Bodies(Read(sample, Stop(sample))));
        for (int at = 0; at <= sample.Lines.Count; at++)
        {
            List<string> lines = [.. sample.Lines];
            lines.Insert(at, line);
            Assert.Contains(expected, Bodies(Read(sample.AsLines(string.Join("\r\n", lines) + "\r\n"), Stop(sample))));
        }
    }

    [Fact]
    public void Bytes_that_are_no_text_and_lines_that_are_too_deep_are_passed_over()
    {
        Sample sample = OneTurn();
        byte[] deep = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"message\":", 100_000)) + "\n");
        byte[] broken = [.. "{\"type\":\"user\",\"message\":{\"content\":\""u8, 0xFF, 0xC3, 0x28, .. "\"}}\n"u8];
        byte[] large = Encoding.UTF8.GetBytes($"{{\"type\":\"user\",\"message\":{{\"content\":[{{\"type\":\"tool_result\",\"content\":\"{new string('x', 20 << 20)}\"}}]}}}}\n");
        List<TranscriptLine> lines = Sample.Split([.. deep, .. broken, .. Encoding.UTF8.GetBytes(sample.Text), .. large]);

        Assert.Single(Read(lines, Stop(sample)).Memories);
    }

    [Fact]
    public void Halves_of_characters_and_NUL_are_replaced()
    {
        Sample sample = new Sample().Raw("""{"type":"user","message":{"content":"Half \ud83d of \\ud83d, \ud83e\udd8a whole, \udd8a, nul \u0000."}}""").Say("1", "An answer.");
        Memory memory = Assert.Single(Read(sample, Stop(sample)).Memories);
        Assert.Equal(Exchange("Half \uFFFD of \\ud83d, 🦊 whole, \uFFFD, nul \uFFFD.", "An answer."), memory.Body);
        Assert.Empty(MemoryRules.Validate(memory.Kind, memory.Subject, [], "global", memory.Body));
    }

    [Fact]
    public void Very_long_parts_are_cut_visibly()
    {
        Sample sample = new Sample().Prompt(new string('p', 70_000)).Say("1", string.Concat(Enumerable.Repeat("🦊", 40_000)));
        string body = Assert.Single(Bodies(Read(sample, Stop(sample))));
        Assert.Contains("p\n\n[4464 more characters were not kept]\n\n## Answer", body);
        Assert.EndsWith("🦊\n\n[14464 more characters were not kept]", body);
    }

    [Fact]
    public void The_file_is_read_on_from_where_the_last_turn_began()
    {
        Sample sample = new Sample().Noise().Prompt("One").Say("1", "Answer one");
        long two = Encoding.UTF8.GetByteCount(sample.Text);
        sample.Prompt("Two").Say("2", "Answer two");
        Assert.Equal(two, Read(sample, Stop(sample)).ResumeAt);

        string torn = sample.Text + """{"type":"user","message":{"content":"Thr""";
        Assert.Equal(two, Read(sample.AsLines(torn), Stop(sample)).ResumeAt);
        Assert.Equal(new Sample().Noise().Text.Length, Read(new Sample().AsLines(new Sample().Noise().Text + "{\"to")).ResumeAt);
    }

    [Fact]
    public void Read_in_pieces_at_any_time_and_again_it_gives_what_it_gives_at_once()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            (Sample sample, List<TurnEnd> ends) = RandomSession.Write(random);
            byte[] bytes = Encoding.UTF8.GetBytes(sample.Text);
            string[] whole = [.. Read(Sample.Split(bytes), [.. ends]).Memories.Select(m => $"{m.Id} {m.Body}").Order()];
            Assert.NotEmpty(whole);

            var found = new SortedSet<string>(StringComparer.Ordinal);
            long from = 0;
            int length = 0;
            while (length < bytes.Length)
            {
                length = Math.Min(bytes.Length, length + random.Next(1, 1 + (bytes.Length / 3)));
                DateTimeOffset now = Sample.Start.AddSeconds(bytes.AsSpan(0, length).Count((byte)'\n'));
                TurnEnd[] heard = [.. ends.Where(end => end.At <= now && random.Next(3) > 0)];
                TranscriptReader reader = Read(Sample.Split(bytes[..length], (int)from), length == bytes.Length ? [.. ends] : heard);
                found.UnionWith(reader.Memories.Select(m => $"{m.Id} {m.Body}"));
                Assert.True(reader.ResumeAt >= from);
                from = random.Next(8) == 0 ? 0 : reader.ResumeAt;
            }
            Assert.Equal(whole, found.Order());
        }
    }
}
