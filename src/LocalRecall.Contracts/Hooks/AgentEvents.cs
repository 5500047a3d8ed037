namespace LocalRecall.Contracts.Hooks;

/// <summary>The agents whose hooks are understood, and what each of them calls the events.</summary>
public static class AgentEvents
{
    public const string ClaudeCode = "claude-code";
    public const string Codex = "codex";
    public const string Cursor = "cursor";
    public const string Gemini = "gemini";
    public const string OpenCode = "opencode";

    public const string SessionStart = "SessionStart";
    public const string UserPromptSubmit = "UserPromptSubmit";
    public const string Stop = "Stop";
    public const string SubagentStop = "SubagentStop";
    public const string PreCompact = "PreCompact";
    public const string SessionEnd = "SessionEnd";

    /// <summary>With a process's start and end 300 ms.</summary>
    private static readonly TimeSpan PromptLimit = TimeSpan.FromMilliseconds(280);
    private static readonly TimeSpan OtherLimit = TimeSpan.FromSeconds(1);

    private const int MaxAgentLength = 64;

    /// <summary>Other agents' names for the events.</summary>
    private static readonly (string Agent, string Theirs, string Ours)[] Names =
    [
        (Cursor, "sessionStart", SessionStart),
        (Cursor, "beforeSubmitPrompt", UserPromptSubmit),
        (Cursor, "stop", Stop),
        (Cursor, "subagentStop", SubagentStop),
        (Cursor, "preCompact", PreCompact),
        (Cursor, "sessionEnd", SessionEnd),
        (Gemini, "BeforeAgent", UserPromptSubmit),
        (Gemini, "AfterAgent", Stop),
        (Gemini, "PreCompress", PreCompact),
    ];

    private static readonly string[] Known = [SessionStart, UserPromptSubmit, Stop, SubagentStop, PreCompact, SessionEnd];

    /// <summary>Whether the agent waits for what it should know.</summary>
    public static bool Asks(string ourEvent) => ourEvent is SessionStart or UserPromptSubmit;

    /// <summary>How long a hook may take: a person waits for a word on a prompt, nobody waits for the others.</summary>
    /// <param name="ourEvent">Null: it is not known yet.</param>
    public static TimeSpan LimitOf(string? ourEvent) => ourEvent is null or UserPromptSubmit ? PromptLimit : OtherLimit;

    /// <summary>An event by anybody's name for it; null: it is none that matters here.</summary>
    public static string? Find(string name) =>
        Known.Contains(name) ? name : Names.FirstOrDefault(n => n.Theirs == name).Ours;

    /// <summary>What an agent itself calls an event.</summary>
    public static string NameFor(string agent, string ourEvent) =>
        Names.FirstOrDefault(n => n.Agent == agent && n.Ours == ourEvent).Theirs ?? ourEvent;

    /// <summary>Whose hook it is: as the call says, else the only one who calls the event so, else Claude Code.</summary>
    public static string AgentOf(string? named, string? eventName) =>
        !string.IsNullOrWhiteSpace(named) ? named.Length > MaxAgentLength ? named[..MaxAgentLength] : named
        : Names.FirstOrDefault(n => n.Theirs == eventName).Agent ?? ClaudeCode;
}
