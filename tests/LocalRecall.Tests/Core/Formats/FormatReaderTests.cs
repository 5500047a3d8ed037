using System.Text;
using LocalRecall.Core.Formats;
using LocalRecall.Core.Memories;
using Xunit;

namespace LocalRecall.Tests.Core.Formats;

public sealed class FormatReaderTests
{
    private static readonly DateTimeOffset Modified = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static ReadResult Read(byte[] bytes, string path = "/docs/guide.md") => FormatReader.Read(path, bytes, Modified, "/repo");

    private static Memory ReadDocument(string text, string path = "/docs/guide.md")
    {
        ReadResult result = Read(Encoding.UTF8.GetBytes(text), path);
        Assert.Empty(result.Faults);
        Memory memory = Assert.Single(result.Memories);
        Assert.Equal(MemoryKind.Document, memory.Kind);
        return memory;
    }

    [Fact]
    public void Plain_text_is_a_document()
    {
        Memory memory = ReadDocument("Just text.\n", "/docs/notes.v2.txt");
        Assert.Equal(("notes.v2", "Just text.\n", "/repo", Modified), (memory.Subject, memory.Body, memory.Project, memory.OccurredAt));
        Assert.Empty(memory.Keywords);
        Assert.Equal([Scope.Global], memory.AppliesTo.Scopes);
    }

    [Theory]
    [InlineData("intro\n\n## The `first` heading ##\n# Second", "The `first` heading")]
    [InlineData("```sh\n# a comment\n```\n# Title", "Title")]
    [InlineData("~~~\n```\n# a comment\n~~~\n# Title", "Title")]
    [InlineData("#no-heading\n####### neither\n    # nor this", "guide")]
    [InlineData("---\ntitle: 'From: front matter'\ntags: [a, {b: c}]\n---\n# Heading", "From: front matter")]
    [InlineData("---\nid: intro\nkeywords: [x]\n---\n# Heading", "Heading")]
    [InlineData("---\n\nA rule, then text\n\n---\n# Heading", "Heading")]
    [InlineData("---\ntitle: [unclosed\n---\n# Heading", "Heading")]
    public void The_subject_is_title_or_heading_or_file_name(string text, string subject) => Assert.Equal(subject, ReadDocument(text).Subject);

    [Fact]
    public void Front_matter_is_not_part_of_the_body()
    {
        Assert.Equal("# Heading\n", ReadDocument("---\ntitle: T\n---\n\n# Heading\n").Body);
        Assert.Equal("---\nrule\n---\ntext", ReadDocument("---\nrule\n---\ntext").Body);
    }

    [Fact]
    public void Long_titles_are_cut_to_what_a_subject_may_have()
    {
        string subject = ReadDocument("# " + string.Concat(Enumerable.Repeat("😀", 300))).Subject;
        Assert.InRange(subject.Length, 199, 200);
        Assert.EndsWith("😀…", subject);
    }

    [Fact]
    public void A_path_always_has_the_same_id()
    {
        MemoryId id = ReadDocument("a", "/docs/a.md").Id;
        Assert.Equal(id, ReadDocument("changed", "/docs/x/../a.md").Id);
        Assert.NotEqual(id, ReadDocument("a", "/docs/b.md").Id);
        Assert.Equal(ReadDocument("a", "C:\\Docs\\A.md").Id, ReadDocument("a", "c:/docs/a.md").Id);
        Assert.Equal(8, id.Value.Version);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n\t\n")]
    [InlineData("---\ntitle: T\n---\n")]
    public void An_empty_document_is_nothing_and_no_fault(string text)
    {
        ReadResult result = Read(Encoding.UTF8.GetBytes(text));
        Assert.Empty(result.Memories);
        Assert.Empty(result.Faults);
    }

    [Fact]
    public void Binary_files_are_a_fault()
    {
        ReadResult result = Read([0x7F, 0x45, 0x4C, 0x46, 0x00, 0x01]);
        Assert.Empty(result.Memories);
        Assert.Contains("not a text file", Assert.Single(result.Faults).Reason);
    }

    [Fact]
    public void Other_encodings_are_read_and_bad_bytes_are_told()
    {
        Assert.Equal("Grüße", Assert.Single(Read([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("Grüße")]).Memories).Body);
        Assert.Equal("Grüße", Assert.Single(Read([.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes("Grüße")]).Memories).Body);
        ReadResult latin = Read(Encoding.Latin1.GetBytes("Grüße"));
        Assert.Equal("Gr\uFFFD\uFFFDe", Assert.Single(latin.Memories).Body);
        Assert.True(Assert.Single(latin.Faults).MemoryKept);
    }

    [Fact]
    public void Nothing_makes_it_throw() => Gen.ForAll(2000, gen =>
    {
        string text = gen.Chance(0.7) ? "---\n" + string.Concat(gen.Many(1, 8, () => $"{gen.Pick(["id", "subject", "applies_to", "&a x", "? y", "*a", "!!binary k", "<<"])}:{gen.Pick([" ", "", "\n  "])}{gen.Line(60)}\n")) + "---\n" + gen.Block(300) : gen.Block(500);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (gen.Chance(0.5)) bytes[gen.Int(0, bytes.Length)] = (byte)gen.Int(1, 256);
        ReadResult result = Read(bytes, gen.Pick(["/a.md", "/b.txt", "/episodic-memory/c.md", "/thinking-000001.jsonl", ""]));
        Assert.All(result.Faults, f => Assert.NotEmpty(f.Reason));
        Assert.All(result.Memories, m => Assert.False(string.IsNullOrWhiteSpace(m.Body)));
    });

    [Theory]
    [InlineData("[", 20_000)]
    [InlineData("{", 900)]
    [InlineData("? ", 20_000)]
    [InlineData("\"", 1)]
    public void Yaml_that_never_closes_is_a_fault(string opening, int times)
    {
        ReadResult result = Read(Encoding.UTF8.GetBytes($"---\nid: {string.Concat(Enumerable.Repeat(opening, times))}\nsubject: x\n---\nbody"));
        Assert.Empty(result.Memories);
        Assert.Contains("YAML", Assert.Single(result.Faults).Reason);
    }
}
