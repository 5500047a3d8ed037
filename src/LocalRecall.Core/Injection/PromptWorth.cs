using System.Collections.Frozen;
using LocalRecall.Core.Ranking;

namespace LocalRecall.Core.Injection;

/// <summary>Which prompts memories are looked up for.</summary>
public static class PromptWorth
{
    private const int MinLetters = 4;

    /// <summary>What agents put before texts that no person wrote.</summary>
    private static readonly string[] MachineMarks =
    [
        "<task-notification", "<command-name", "<command-message", "<command-args", "<local-command-", "<bash-", "<user-prompt-submit-hook",
        "<system-reminder", "<system-notification", "<teammate-message", "<agent-message", "<session-", "[Request interrupted", "Caveat: The messages below",
        "This session is being continued from a previous conversation",
    ];

    /// <summary>Words that say how to go on, but not with what.</summary>
    private static readonly FrozenSet<string> Fillers = (
        "ok okay okey yes yep yeah yup no nope sure thanks thank thx please pls go ahead continue proceed carry keep going next done good great nice cool fine perfect awesome "
        + "right correct exactly agreed agree lgtm looks look try again retry stop wait hold hello hi hey morning stuff thing things way one ones first second third option both "
        + "commit push run test tests build fix check let lets make get got want need know think see tell give show work works working still better best now today really "
        + "a b c y n ja nein bitte danke weiter oui non merci si vale gracias")
        .Split(' ').ToFrozenSet();

    /// <param name="source">Who wrote it, if the agent says so.</param>
    /// <returns>False: a machine wrote it, it is a command to the agent itself, or it says nothing that could be looked up.</returns>
    public static bool IsWorth(string? prompt, string? source)
    {
        string text = prompt?.Trim() ?? "";
        if (text.Length == 0 || (!string.IsNullOrEmpty(source) && source != "user"))
        {
            return false;
        }

        return !IsCommand(text)
            && !Array.Exists(MachineMarks, mark => text.StartsWith(mark, StringComparison.OrdinalIgnoreCase))
            && SaysSomething(text);
    }

    /// <summary><c>/compact</c>, <c>/plugin:command</c>, <c>!ls</c>, <c># remember this</c>. A path such as <c>/src/a.cs</c> is none, nor is a Markdown heading of a longer text.</summary>
    private static bool IsCommand(string text)
    {
        if (text[0] == '!' || (text[0] == '#' && !text.Contains('\n')))
        {
            return true;
        }

        if (text[0] != '/')
        {
            return false;
        }

        int end = text.AsSpan().IndexOfAny(' ', '\n', '\t');
        ReadOnlySpan<char> word = text.AsSpan(1, (end < 0 ? text.Length : end) - 1);
        return word.IndexOfAny('/', '.') < 0;
    }

    private static bool SaysSomething(string text) =>
        KeywordQuery.Parse(text).Terms.Where(term => !Fillers.Contains(term)).Sum(LettersOf) >= MinLetters;

    /// <summary>A character of a script without spaces says as much as two letters.</summary>
    private static int LettersOf(string term) => term.Sum(c => c >= '\u0E00' ? 2 : 1);
}
