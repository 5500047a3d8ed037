using System.Text;
using LocalRecall.Core.Formats;
using LocalRecall.Core.Memories;
using Xunit;

namespace LocalRecall.Tests.Core.Formats;

public sealed class MarkdownMemoryTests
{
    private const string Id = "0075e411-f174-4c5b-81d0-34d38f806697";
    private static readonly DateTimeOffset Modified = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private const string File = $"""
        ---
        id: {Id}
        subject: >-
          Hooks should NOT directly instantiate SearchEngine to avoid loading ONNX in
          multiple processes
        keywords:
          - hooks
          - '1234'
        applies_to: 'file:src/hooks/user-prompt-submit.ts'
        occurred_at: '2025-12-03T11:35:39.170Z'
        content_hash: ebdc2a098dc11945
        ---
        The body.

        With two paragraphs.

        """;

    private static ReadResult Read(string text, string path = "/m/episodic-memory/a.md", string? project = null) =>
        FormatReader.Read(path, Encoding.UTF8.GetBytes(text), Modified, project);

    private static Memory ReadGood(string text, string path = "/m/episodic-memory/a.md")
    {
        ReadResult result = Read(text, path);
        Assert.Empty(result.Faults);
        return Assert.Single(result.Memories);
    }

    /// <summary>The file with its hash left out, for bodies of other kinds.</summary>
    private static string With(string front, string body = "The body of it.\n") =>
        $"---\nid: {Id}\nsubject: A subject\nkeywords: [a, b]\napplies_to: global\noccurred_at: 2025-12-03T09:48:52.171Z\n{front}---\n{body}";

    [Fact]
    public void A_file_of_the_old_system_is_read_and_written_byte_for_byte()
    {
        Memory memory = ReadGood(File);
        Assert.Equal(Id, memory.Id.ToString());
        Assert.Equal(MemoryKind.Episodic, memory.Kind);
        Assert.Equal("Hooks should NOT directly instantiate SearchEngine to avoid loading ONNX in multiple processes", memory.Subject);
        Assert.Equal(["hooks", "1234"], memory.Keywords);
        Assert.Equal([new Scope(ScopeKind.File, "src/hooks/user-prompt-submit.ts")], memory.AppliesTo.Scopes);
        Assert.Equal(new DateTimeOffset(2025, 12, 3, 11, 35, 39, 170, TimeSpan.Zero), memory.OccurredAt);
        Assert.Equal("The body.\n\nWith two paragraphs.", memory.Body);
        Assert.Equal(File, MarkdownMemory.Write(memory));
    }

    [Fact]
    public void Any_memory_survives_writing_and_reading() => Gen.ForAll(1000, gen =>
    {
        MemoryKind kind = gen.Pick([MemoryKind.Episodic, MemoryKind.Thinking]);
        var memory = new Memory(
            MemoryId.New(), kind, gen.Line(200), kind == MemoryKind.Episodic ? gen.Many(1, 21, () => gen.Line(50)) : [],
            kind == MemoryKind.Episodic ? AppliesTo.Parse(gen.Pick(["global", "file:" + gen.Line(60), "area:" + gen.Line(60)])) : AppliesTo.Global,
            DateTimeOffset.FromUnixTimeMilliseconds(gen.Int(0, int.MaxValue) * 1000L + gen.Int(0, 1000)), gen.Chance(0.3) ? "/p/" + gen.Line(40) : null,
            kind == MemoryKind.Episodic ? gen.Block(2000) : MemoryRules.ThinkingBody(gen.Block(500), gen.Block(500)));

        string text = MarkdownMemory.Write(memory);
        ReadResult read = Read(text, "/m/" + MarkdownMemory.RelativePath(memory.Id, memory.Kind));

        Memory again = Assert.Single(read.Memories);
        Assert.All(read.Faults, f => Assert.Contains("fewer than 10", f.Reason));
        Assert.Equal(memory with { Keywords = again.Keywords }, again);
        Assert.Equal(memory.Keywords, again.Keywords);
        Assert.Equal(text, MarkdownMemory.Write(again));
    });

    [Fact]
    public void Thinking_has_no_keywords_and_is_told_by_folder_or_shape()
    {
        var memory = new Memory(MemoryId.New(), MemoryKind.Thinking, "S", [], AppliesTo.Global, Modified, null, MemoryRules.ThinkingBody("a", "b"));
        string text = MarkdownMemory.Write(memory);
        Assert.DoesNotContain("keywords", text);
        Assert.Equal(MemoryKind.Thinking, ReadGood(text, $"/m/thinking-memory/{memory.Id}.md").Kind);
        Assert.Equal(MemoryKind.Thinking, ReadGood(text, "/elsewhere/x.md").Kind);
    }

    [Theory]
    [InlineData("2025-12-03T09:48:52.171Z")]
    [InlineData("'2025-12-03T09:48:52.171Z'")]
    [InlineData("\"2025-12-03T09:48:52.171Z\"")]
    [InlineData("2025-12-03 09:48:52.171")]
    [InlineData("2025-12-03T10:48:52.171+01:00")]
    [InlineData("2025-12-03 10:48:52.171 +1")]
    public void Times_are_read_quoted_or_not(string time) =>
        Assert.Equal(new DateTimeOffset(2025, 12, 3, 9, 48, 52, 171, TimeSpan.Zero), ReadGood(With("").Replace("2025-12-03T09:48:52.171Z", time)).OccurredAt);

    [Theory]
    [InlineData("yesterday")]
    [InlineData("2025-13-45T00:00:00Z")]
    [InlineData("12")]
    public void A_time_that_is_none_is_the_files(string time)
    {
        ReadResult result = Read(With("").Replace("2025-12-03T09:48:52.171Z", time));
        Assert.Equal(Modified, Assert.Single(result.Memories).OccurredAt);
        Assert.Contains(time, Assert.Single(result.Faults).Reason);
    }

    [Theory]
    [InlineData("1234e567")]
    [InlineData("0123")]
    [InlineData("1_000")]
    [InlineData("0x1F")]
    [InlineData("0o17")]
    [InlineData("8196502470562052")]
    [InlineData("81965e2470562052")]
    [InlineData("null0000")]
    public void Hashes_that_look_like_numbers_stay_strings(string hash)
    {
        foreach (string quoted in (string[])[hash, $"'{hash}'", $"\"{hash}\""])
        {
            ReadResult result = Read(With($"content_hash: {quoted}\n"));
            Assert.Single(result.Memories);
            Assert.Contains($"'{hash}'", Assert.Single(result.Faults).Reason);
        }
    }

    [Fact]
    public void Written_hashes_that_look_like_numbers_are_quoted()
    {
        string body = Enumerable.Range(0, int.MaxValue).Select(i => $"Body number {i}").First(b => ContentHash.Of(b).All(char.IsAsciiDigit));
        string text = MarkdownMemory.Write(ReadGood(With("", body + "\n")));
        Assert.Contains($"content_hash: '{ContentHash.Of(body)}'\n", text);
        Assert.Equal(body, ReadGood(text).Body);
    }

    [Theory]
    [InlineData("---\nA body that begins with a rule")]
    [InlineData("---\nid: x\nsubject: not front matter\n---\ntext")]
    [InlineData("\nA body that begins with a blank line")]
    [InlineData("A body that ends with blank lines\n\n")]
    [InlineData("\n\n both of them \n")]
    [InlineData("A body\r\nwith carriage returns\r\n")]
    public void Bodies_come_back_as_they_were(string body)
    {
        var memory = new Memory(MemoryId.New(), MemoryKind.Episodic, "S", ["k"], AppliesTo.Global, Modified, null, body);
        Assert.Equal(body, ReadGood(MarkdownMemory.Write(memory)).Body);
    }

    [Theory]
    [InlineData("The body of it.")]
    [InlineData("The body of it.\n")]
    [InlineData("\nThe body of it.\n")]
    [InlineData("\nThe body of it.")]
    public void A_blank_line_first_and_a_missing_newline_last_are_legal(string rest) => Assert.Equal("The body of it.", ReadGood(With("", rest)).Body);

    [Fact]
    public void The_hash_tells_whether_the_last_newline_belongs_to_the_body() =>
        Assert.Equal("The body of it.\n", ReadGood(With($"content_hash: {ContentHash.Of("The body of it.\n")}\n")).Body);

    [Fact]
    public void Byte_order_mark_and_carriage_returns_are_tolerated() => Assert.Equal(File, MarkdownMemory.Write(ReadGood("\ufeff" + File.Replace("\n", "\r\n"))));

    [Fact]
    public void A_wrong_hash_is_a_warning_and_the_memory_is_kept()
    {
        ReadResult result = Read(With("content_hash: aaaaaaaaaaaaaaaa\n"));
        Assert.Single(result.Memories);
        ReadFault fault = Assert.Single(result.Faults);
        Assert.True(fault.MemoryKept);
        Assert.Contains("content_hash", fault.Reason);
    }

    [Theory]
    [InlineData("id: 0075e411-f174-4c5b-81d0-34d38f806697", "id: not-a-uuid", "not-a-uuid")]
    [InlineData("id: 0075e411-f174-4c5b-81d0-34d38f806697", "id: 0075e411-f174-1c5b-81d0-34d38f806697", "version 4")]
    [InlineData("id: 0075e411-f174-4c5b-81d0-34d38f806697\n", "", "no id")]
    [InlineData("subject: A subject\n", "", "no subject")]
    [InlineData("subject: A subject", "subject: A subject: with a colon", "YAML")]
    [InlineData("keywords: [a, b]", "keywords: [a, b", "YAML")]
    [InlineData("The body of it.\n", "", "no content")]
    public void A_broken_file_is_a_fault_with_its_reason(string what, string instead, string reason)
    {
        ReadResult result = Read(With("").Replace(what, instead));
        Assert.Empty(result.Memories);
        ReadFault fault = Assert.Single(result.Faults);
        Assert.False(fault.MemoryKept);
        Assert.Contains(reason, fault.Reason);
    }

    [Fact]
    public void The_memorys_own_project_wins_over_the_readers()
    {
        Assert.Equal("/given", Assert.Single(Read(With(""), project: "/given").Memories).Project);
        Assert.Equal("/own", Assert.Single(Read(With("project: /own\n"), project: "/given").Memories).Project);
    }

    [Fact]
    public void Documents_are_never_written() =>
        Assert.Throws<ArgumentException>(() => MarkdownMemory.Write(new Memory(MemoryId.New(), MemoryKind.Document, "S", [], AppliesTo.Global, Modified, null, "Body")));
}
