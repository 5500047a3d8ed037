using LocalRecall.Core.Injection;
using Xunit;

namespace LocalRecall.Tests.Core.Injection;

public sealed class PromptWorthTests
{
    [Theory]
    [InlineData("why does the login test fail?")]
    [InlineData("sqlite")]
    [InlineData("/src/parser.cs throws at line 7")]
    [InlineData("# Heading\n\nimplement the parser as described")]
    [InlineData("修复登录")]
    [InlineData("fix the parser")]
    [InlineData("ok, now the same for the gateway actor")]
    public void A_person_who_says_something(string prompt)
    {
        Assert.True(PromptWorth.IsWorth(prompt, null));
        Assert.True(PromptWorth.IsWorth(prompt, "user"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData("ok")]
    [InlineData("Yes, go on.")]
    [InlineData("ok thanks, please continue")]
    [InlineData("looks good, run the tests and commit")]
    [InlineData("1")]
    [InlineData("b)")]
    [InlineData("👍")]
    [InlineData("???")]
    public void Too_little_to_go_by(string? prompt) => Assert.False(PromptWorth.IsWorth(prompt, null));

    [Theory]
    [InlineData("/compact")]
    [InlineData("/plugin:review the parser module")]
    [InlineData("!git status --short parser")]
    [InlineData("# remember that parsers are slow")]
    public void Commands_to_the_agent_itself(string prompt) => Assert.False(PromptWorth.IsWorth(prompt, "user"));

    [Theory]
    [InlineData("<task-notification>the parser build has ended</task-notification>")]
    [InlineData("  <command-name>/review</command-name> parser module")]
    [InlineData("<local-command-stdout>parser module</local-command-stdout>")]
    [InlineData("<system-reminder>parser module</system-reminder>")]
    [InlineData("[Request interrupted by user for tool use]")]
    [InlineData("This session is being continued from a previous conversation that ran out of context.")]
    public void Texts_that_no_person_wrote(string prompt) => Assert.False(PromptWorth.IsWorth(prompt, null));

    [Theory]
    [InlineData("system")]
    [InlineData("sdk")]
    [InlineData("loop_wakeup")]
    [InlineData("whatever comes next")]
    public void Prompts_that_say_so_themselves(string source) => Assert.False(PromptWorth.IsWorth("why does the login test fail?", source));
}
