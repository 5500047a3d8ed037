using LocalRecall.Core.Memories;
using Xunit;

namespace LocalRecall.Tests.Core.Memories;

public sealed class MemoryRulesTests
{
    private static IReadOnlyList<MemoryProblem> Validate(
        string subject = "A subject", string[]? keywords = null, string appliesTo = "global", string body = "Ten chars.", MemoryKind kind = MemoryKind.Episodic) =>
        MemoryRules.Validate(kind, subject, keywords ?? ["one"], appliesTo, body);

    [Fact]
    public void A_good_fact_has_no_problems()
    {
        Assert.Empty(Validate());
        Assert.Empty(Validate(new string('s', 200), [.. Enumerable.Repeat(new string('k', 50), 20)], "file:src/a b.ts"));
        Assert.Empty(Validate(appliesTo: "area:build"));
    }

    [Fact]
    public void Each_limit_has_its_own_message()
    {
        void Expect(MemoryField field, string part, IReadOnlyList<MemoryProblem> problems)
        {
            MemoryProblem problem = Assert.Single(problems);
            Assert.Equal(field, problem.Field);
            Assert.Contains(part, problem.Message);
        }

        Expect(MemoryField.Subject, "empty", Validate(subject: "  "));
        Expect(MemoryField.Subject, "201", Validate(subject: new string('s', 201)));
        Expect(MemoryField.Subject, "one line", Validate(subject: "a\nb"));
        Expect(MemoryField.Subject, "one line", Validate(subject: "a\ud800b"));
        Expect(MemoryField.Keywords, "0 keywords", Validate(keywords: []));
        Expect(MemoryField.Keywords, "21 keywords", Validate(keywords: [.. Enumerable.Repeat("k", 21)]));
        Expect(MemoryField.Keywords, "51", Validate(keywords: [new string('k', 51)]));
        Expect(MemoryField.Keywords, "empty", Validate(keywords: [" "]));
        Expect(MemoryField.AppliesTo, "global", Validate(appliesTo: "somewhere"));
        Expect(MemoryField.AppliesTo, "global", Validate(appliesTo: "file: "));
        Expect(MemoryField.Body, "9 characters", Validate(body: "Nine char"));
        Expect(MemoryField.Body, "at least", Validate(body: new string(' ', 20)));
        Expect(MemoryField.Body, "NUL", Validate(body: "text with \0 in it"));
    }

    [Fact]
    public void Thinking_has_its_own_shape()
    {
        string body = MemoryRules.ThinkingBody("I think.", "So I do.");
        Assert.Equal("## Thought\n\nI think.\n\n## Output\n\nSo I do.", body);
        Assert.Empty(Validate(kind: MemoryKind.Thinking, keywords: [], body: body));
        Assert.Equal([MemoryField.Keywords, MemoryField.AppliesTo, MemoryField.Body],
            Validate(kind: MemoryKind.Thinking, appliesTo: "file:a.ts").Select(p => p.Field));
    }

    [Theory]
    [InlineData("Short\n\n thought ", "Short thought")]
    [InlineData("The user is experiencing a mutex error that's happening because both the MCP server's background daemon (which",
        "The user is experiencing a mutex error that's happening because both the MCP server's background...")]
    public void Thinking_subjects_are_cut_at_a_word(string thinking, string subject) => Assert.Equal(subject, MemoryRules.ThinkingSubject(thinking));

    [Fact]
    public void A_thinking_subject_without_spaces_is_cut_hard() =>
        Assert.Equal(new string('x', 100) + "...", MemoryRules.ThinkingSubject("short " + new string('x', 200)).Replace("short ", "xxxxxx"));

    [Fact]
    public void Ids_of_memory_files_are_version_4()
    {
        Assert.True(MemoryId.New().IsVersion4);
        Assert.True(MemoryId.TryParse("0075E411-F174-4C5B-81D0-34D38F806697", out MemoryId id) && id.IsVersion4);
        Assert.True(MemoryId.TryParse("0075e411-f174-1c5b-81d0-34d38f806697", out id) && !id.IsVersion4);
        Assert.True(MemoryId.TryParse("0075e411-f174-4c5b-c1d0-34d38f806697", out id) && !id.IsVersion4);
        Assert.False(MemoryId.TryParse("{0075e411-f174-4c5b-81d0-34d38f806697}", out _));
    }
}
