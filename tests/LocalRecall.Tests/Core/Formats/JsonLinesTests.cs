using System.Text;
using System.Text.Json;
using LocalRecall.Core.Formats;
using LocalRecall.Core.Memories;
using Xunit;

namespace LocalRecall.Tests.Core.Formats;

public sealed class JsonLinesTests
{
    private static readonly DateTimeOffset Time = new(2025, 12, 3, 9, 48, 52, 171, TimeSpan.Zero);

    private static ReadResult Read(string text, string path = "/m/episodic-memory/episodic-000001.jsonl") =>
        FormatReader.Read(path, Encoding.UTF8.GetBytes(text), DateTimeOffset.UnixEpoch, project: null);

    private static string Add(MemoryId id, string content = "The content.", string subject = "A subject", params string[] keywords) => JsonSerializer.Serialize(new
    {
        action = "add", id = id.ToString(), subject, keywords, applies_to = "global", occurred_at = "2025-12-03T09:48:52.171Z",
        content_hash = ContentHash.Of(content), content, timestamp = "2025-12-03T09:48:53.000Z",
    }) + "\n";

    private static string Delete(MemoryId id) => $$"""{"action":"delete","id":"{{id}}","timestamp":"2025-12-03T09:48:53.000Z"}""" + "\n";

    private readonly MemoryId _a = MemoryId.New();
    private readonly MemoryId _b = MemoryId.New();

    [Fact]
    public void Adds_are_read()
    {
        ReadResult result = Read(Add(_a, keywords: ["k1", "k2"]));
        Assert.Empty(result.Faults);
        Memory memory = Assert.Single(result.Memories);
        Assert.Equal((_a, MemoryKind.Episodic, "A subject", "The content.", Time), (memory.Id, memory.Kind, memory.Subject, memory.Body, memory.OccurredAt));
        Assert.Equal(["k1", "k2"], memory.Keywords);
    }

    [Fact]
    public void State_is_the_replay_in_order()
    {
        string later = Add(_a, "Other content.", keywords: "k");
        Assert.Equal(["Other content."], Read(Add(_a, keywords: "k") + later).Memories.Select(m => m.Body));
        Assert.Equal([_b], Read(Add(_a, keywords: "k") + Add(_b, keywords: "k") + Delete(_a)).Memories.Select(m => m.Id));
        Assert.Equal([_b, _a], Read(Add(_a, keywords: "k") + Add(_b, keywords: "k") + Delete(_a) + later).Memories.Select(m => m.Id));
    }

    [Fact]
    public void Embeddings_of_the_other_model_are_left_alone() =>
        Assert.Empty(Read(Add(_a, keywords: "k") + $$"""{"action":"embedding","id":"{{_a}}","embedding":[0.1,0.2],"timestamp":"x"}""" + "\n").Faults);

    [Fact]
    public void A_delete_of_what_another_file_added_is_passed_on() => Assert.Equal([_a], Read(Delete(_a)).DeletedElsewhere);

    [Fact]
    public void Kind_is_told_by_the_files_name()
    {
        string line = Add(_a, MemoryRules.ThinkingBody("a", "b"));
        Assert.Equal(MemoryKind.Thinking, Read(line, "/m/thinking-memory/thinking-000001.jsonl").Memories[0].Kind);
        Assert.Equal(MemoryKind.Thinking, Read(line, "C:\\m\\thinking-000042.jsonl").Memories[0].Kind);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("12")]
    [InlineData("{\"action\":\"add\"}")]
    [InlineData("{\"action\":\"jump\"}")]
    [InlineData("{\"action\":\"delete\",\"id\":\"x\"}")]
    [InlineData("{\"action\":\"delete\",\"id\":7}")]
    [InlineData("{\"action\":\"delete\"} {}")]
    [InlineData("{\"action\":\"\\ud800\"}")]
    public void A_bad_line_is_reported_and_stops_nothing(string bad)
    {
        ReadResult result = Read(Add(_a, keywords: "k") + bad + "\n" + Add(_b, keywords: "k"));
        Assert.Equal([_a, _b], result.Memories.Select(m => m.Id));
        ReadFault fault = Assert.Single(result.Faults);
        Assert.Equal((2, false), (fault.Line, fault.MemoryKept));
    }

    [Fact]
    public void A_file_of_something_else_gives_few_faults()
    {
        IReadOnlyList<ReadFault> faults = Read(string.Concat(Enumerable.Repeat("{\"type\":\"user\"}\n", 5000))).Faults;
        Assert.Equal(101, faults.Count);
        Assert.Equal("There are 4900 more faults.", faults[^1].ToString());
    }

    [Fact]
    public void A_torn_last_line_is_reported_wherever_it_is_torn()
    {
        byte[] last = Encoding.UTF8.GetBytes(Add(_b, "Ünïcode content 😀.", keywords: "k").TrimEnd());
        byte[] first = Encoding.UTF8.GetBytes(Add(_a, keywords: "k"));
        for (int length = 1; length < last.Length; length++)
        {
            ReadResult result = FormatReader.Read("/m/episodic-000001.jsonl", [.. first, .. last[..length]], Time, null);
            Assert.Equal([_a], result.Memories.Select(m => m.Id));
            Assert.Equal("line 2: The last line is incomplete.", Assert.Single(result.Faults).ToString());
        }
        Assert.Equal(2, FormatReader.Read("/m/episodic-000001.jsonl", [.. first, .. last], Time, null).Memories.Count);
    }

    [Fact]
    public void Any_content_survives() => Gen.ForAll(500, gen =>
    {
        (string content, string subject, string[] keywords) = (gen.Block(500), gen.Line(200), gen.Many(1, 20, () => gen.Line(50)));
        Memory memory = Assert.Single(Read("\ufeff" + Add(_a, content, subject, keywords).Replace("\n", gen.Pick(["\n", "\r\n", "\n\n"]))).Memories);
        Assert.Equal((content, subject), (memory.Body, memory.Subject));
        Assert.Equal(keywords, memory.Keywords);
    });
}
