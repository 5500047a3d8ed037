using System.Text;
using System.Text.Json;
using LocalRecall.Contracts.Hooks;
using Xunit;

namespace LocalRecall.Tests.Contracts.Hooks;

public sealed class HookWriterTests
{
    private static string Write(string agent, string ourEvent, string context) => Encoding.UTF8.GetString(HookWriter.Write(agent, ourEvent, context).Span);

    [Theory]
    [InlineData("claude-code", "UserPromptSubmit", """{"hookSpecificOutput":{"hookEventName":"UserPromptSubmit","additionalContext":"c"}}""")]
    [InlineData("claude-code", "SessionStart", """{"hookSpecificOutput":{"hookEventName":"SessionStart","additionalContext":"c"}}""")]
    [InlineData("codex", "UserPromptSubmit", """{"hookSpecificOutput":{"hookEventName":"UserPromptSubmit","additionalContext":"c"}}""")]
    [InlineData("opencode", "UserPromptSubmit", """{"hookSpecificOutput":{"hookEventName":"UserPromptSubmit","additionalContext":"c"}}""")]
    [InlineData("gemini", "UserPromptSubmit", """{"hookSpecificOutput":{"hookEventName":"BeforeAgent","additionalContext":"c"}}""")]
    [InlineData("gemini", "SessionStart", """{"hookSpecificOutput":{"hookEventName":"SessionStart","additionalContext":"c"}}""")]
    [InlineData("cursor", "UserPromptSubmit", """{"additional_context":"c"}""")]
    [InlineData("somebody-new", "SessionStart", """{"hookSpecificOutput":{"hookEventName":"SessionStart","additionalContext":"c"}}""")]
    public void Each_agent_gets_its_own_shape_and_nothing_more(string agent, string ourEvent, string expected) =>
        Assert.Equal(expected + "\n", Write(agent, ourEvent, "c"));

    [Theory]
    [InlineData("claude-code", "UserPromptSubmit", "")]
    [InlineData("claude-code", "Stop", "an agent would go on")]
    [InlineData("codex", "SessionEnd", "nobody reads it")]
    public void Otherwise_nothing_is_printed(string agent, string ourEvent, string context) => Assert.Equal("", Write(agent, ourEvent, context));

    [Fact]
    public void It_is_one_line_whatever_the_context()
    {
        const string Context = "a\n\"b\"\r\n\t\u0007\u001b \u2028 é 界 🍎 </x>\\";

        string line = Write("claude-code", "SessionStart", Context);

        Assert.Equal(line.Length - 1, line.IndexOf('\n'));
        Assert.Equal(Context, JsonDocument.Parse(line).RootElement.GetProperty("hookSpecificOutput").GetProperty("additionalContext").GetString());
    }
}
