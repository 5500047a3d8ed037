using System.Text;
using LocalRecall.Core.Chunking;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using Xunit;

namespace LocalRecall.Tests.Core.Chunking;

public sealed class ChunkerTests
{
    private static readonly WordTokenizer Tokenizer = new();
    private static readonly ModelInfo Model = new("model", 384, MaxTokens: 64, QueryPrefix: "", DocumentPrefix: "passage: ", ScoreFloor: 0.3f, Calibration.Default);

    private static Memory Document(string body, string subject = "Subject") =>
        new(MemoryId.New(), MemoryKind.Document, subject, [], AppliesTo.Global, DateTimeOffset.UnixEpoch, null, body);

    private static IReadOnlyList<Chunk> Split(string body, int overlap = 12) => Chunker.Split(Document(body), Tokenizer, Model, overlap);

    private static string Words(int count, string word = "word") => string.Join(' ', Enumerable.Range(1, count).Select(i => $"{word}{i % 10}"));

    private static string Markdown(Gen gen)
    {
        var text = new StringBuilder();
        foreach (string _ in gen.Many(1, 30, () => ""))
        {
            text.Append(gen.Int(0, 9) switch
            {
                0 => new string('#', gen.Int(1, 7)) + " " + gen.Line(80) + "\n",
                1 => $"```cs\n{gen.Block(300)}\n```\n",
                2 => string.Concat(gen.Many(1, 8, () => $"- {gen.Line(60)}\n")),
                3 => new string(gen.Pick(["a", "/", "数", "😀", ".", "```\n", " ", "\n"])[0], gen.Int(1, 600)) + "\n",
                4 => string.Concat(Enumerable.Repeat(gen.Pick(["数据库。", "😀", "a/b", "한글", "x1_y2-"]), gen.Int(1, 200))) + " ",
                5 => "``` unclosed\n",
                6 => Words(gen.Int(1, 200)) + ". ",
                7 => string.Concat(gen.Many(1, 20, () => Words(gen.Int(3, 15)) + gen.Pick([". ", "! ", ".\n", "\n"]))),
                _ => gen.Block(400) + "\n\n",
            });
        }
        return text.ToString();
    }

    [Fact]
    public void A_short_memory_is_one_chunk_as_it_is()
    {
        Chunk chunk = Assert.Single(Split("# Title\n\nSome text.\n\n## More\n\nText.\n"));
        Assert.Equal((0, "", "# Title\n\nSome text.\n\n## More\n\nText."), (chunk.Ordinal, chunk.HeadingPath, chunk.Text));
        Assert.Null(chunk.Vector);
    }

    [Fact]
    public void Every_sign_is_in_a_chunk_none_is_too_long_and_overlap_is_bounded() => Gen.ForAll(400, gen =>
    {
        string body = Markdown(gen);
        int overlap = gen.Int(0, 16);
        IReadOnlyList<ChunkSpan> spans = new ChunkPacker(body, Tokenizer, _ => 50, overlap).Pack();

        int covered = 0, freshEnd = 0;
        foreach (ChunkSpan span in spans)
        {
            Assert.True(string.IsNullOrWhiteSpace(body[freshEnd..span.FreshStart]), "something was left out");
            Assert.True(span.FreshStart >= covered, "a fresh part was there before");
            Assert.InRange(span.Start, 0, span.FreshStart);
            Assert.InRange(Tokenizer.CountTokens(body.AsSpan(span.Start, span.FreshStart - span.Start)), 0, overlap);
            Assert.Equal(span.Tokens, Tokenizer.CountTokens(body.AsSpan(span.Start, span.End - span.Start)));
            Assert.InRange(span.Tokens, 0, 50);
            Assert.False(char.IsLowSurrogate(body[span.Start]));
            (covered, freshEnd) = (span.FreshStart, span.End);
        }
        Assert.True(string.IsNullOrWhiteSpace(body[freshEnd..]), "the end was left out");
    });

    [Fact]
    public void Embedding_texts_keep_the_models_limit_and_can_be_made_again() => Gen.ForAll(200, gen =>
    {
        Memory memory = Document(Markdown(gen), gen.Line(60));
        ModelInfo model = Model with { MaxTokens = 256 };
        IReadOnlyList<Chunk> chunks = Chunker.Split(memory, Tokenizer, model, 12);
        for (int i = 0; i < chunks.Count; i++)
        {
            string text = EmbeddingText.Compose(memory.Subject, chunks[i].HeadingPath, chunks[i].Text);
            Assert.Equal(i, chunks[i].Ordinal);
            Assert.Equal(model.HashOf(text, EmbeddingPurpose.Document), chunks[i].EmbeddingTextHash);
            Assert.Equal(Tokenizer.CountTokens(model.DocumentPrefix + text) + 2, chunks[i].TokenCount);
            Assert.InRange(chunks[i].TokenCount, 1, model.MaxTokens);
        }
        Assert.Equal(chunks, Chunker.Split(memory, Tokenizer, model, 12));
    });

    [Fact]
    public void Sections_become_chunks_with_their_heading_path()
    {
        IReadOnlyList<Chunk> chunks = Split($"# Guide\n\n## Install\n\n{Words(20)}\n\n## Use\n\n### On Linux\n\n{Words(20)}\n\n# Other\n\n{Words(20)}\n");
        Assert.Equal(["Guide › Install", "Guide › Use › On Linux", "Other"], chunks.Select(c => c.HeadingPath));
        Assert.StartsWith("# Guide\n\n## Install", chunks[0].Text);
        Assert.StartsWith("## Use\n\n### On Linux", chunks[1].Text);
    }

    [Fact]
    public void Small_neighbours_share_a_chunk_under_what_they_have_in_common()
    {
        string body = string.Concat(Enumerable.Range(1, 12).Select(i => $"## Term {i}\n\nOne line.\n\n"));
        IReadOnlyList<Chunk> chunks = Split("# Glossary\n\n" + body);
        Assert.InRange(chunks.Count, 3, 9);
        Assert.All(chunks, c => Assert.Equal("Glossary", c.HeadingPath));
    }

    [Fact]
    public void Headings_inside_code_are_no_headings()
    {
        IReadOnlyList<Chunk> chunks = Split($"# Real\n\n{Words(20)}\n\n```sh\n# comment\n{Words(15)}\n```\n\n{Words(20)}");
        Assert.All(chunks, c => Assert.Equal("Real", c.HeadingPath));
    }

    [Fact]
    public void A_code_block_that_fits_is_not_broken()
    {
        string code = "```cs\nvar a = 1;\n\n# not a heading\nvar b = 2;\n```";
        for (int before = 1; before < 60; before++)
        {
            IReadOnlyList<Chunk> chunks = Split($"{Words(before)}\n\n{code}\n\n{Words(40)}");
            Assert.Contains(chunks, c => c.Text.Contains(code));
        }
    }

    [Fact]
    public void A_code_block_that_is_too_long_is_broken_at_lines()
    {
        string code = string.Concat(Enumerable.Range(1, 60).Select(i => $"line {i} of code\n"));
        Assert.All(Split($"```\n{code}```").Skip(1), c => Assert.StartsWith("line ", c.Text));
    }

    [Fact]
    public void Paragraphs_come_before_sentences_and_sentences_before_words()
    {
        Assert.All(Split(string.Join("\n\n", Enumerable.Repeat(Words(18), 6)), overlap: 0), c => Assert.EndsWith("word8", c.Text));
        Assert.All(Split(string.Join(' ', Enumerable.Repeat("Short is this one sentence.", 40)), overlap: 0), c => Assert.StartsWith("Short", c.Text));
        Assert.All(Split(Words(300, "w"), overlap: 0), c => Assert.Matches("^w[0-9].*w[0-9]$", c.Text));
    }

    [Fact]
    public void A_chunk_begins_with_the_end_of_the_one_before()
    {
        IReadOnlyList<Chunk> chunks = Split(string.Join(' ', Enumerable.Range(100, 200).Select(i => $"w{i}")));
        for (int i = 1; i < chunks.Count; i++)
        {
            string[] last = chunks[i - 1].Text.Split(' '), first = chunks[i].Text.Split(' ');
            Assert.Equal(last[^12..], first[..12]);
        }
    }

    [Fact]
    public void The_next_section_does_not_begin_with_the_end_of_the_last() =>
        Assert.StartsWith("# B", Split($"# A\n\n{Words(40)}\n\n# B\n\n{Words(40)}").First(c => c.HeadingPath == "B").Text);

    [Fact]
    public void A_long_word_is_cut_into_pieces()
    {
        string body = Convert.ToBase64String(Enumerable.Range(0, 3000).Select(i => (byte)(i * 31 ^ i >> 3)).ToArray());
        Assert.Equal(body, string.Concat(Split(body, overlap: 0).Select(c => c.Text)));
    }

    [Fact]
    public void A_heading_is_not_cut_off_from_its_text()
    {
        for (int words = 20; words < 40; words++)
            Assert.All(Split($"{Words(words)}\n\n## Heading\n\n{Words(60)}"), c => Assert.False(c.Text.EndsWith("Heading", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_subject_that_is_too_long_leaves_room_for_the_text()
    {
        IReadOnlyList<Chunk> chunks = Chunker.Split(Document(Words(200), string.Concat(Enumerable.Repeat("数", 200))), Tokenizer, Model, 0);
        Assert.InRange(chunks.Count, 20, 30);
    }

    [Fact]
    public void Blank_text_has_no_chunks() => Assert.Empty(Split(" \n\n "));
}
