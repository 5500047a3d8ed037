namespace LocalRecall.Contracts.Messages;

/// <summary>What an agent's hook says, as far as it matters here. Texts that are too long for a message have been cut.</summary>
/// <param name="Agent">Whose hook it is: <c>claude-code</c>, <c>codex</c>, <c>cursor</c>, <c>gemini</c>, <c>opencode</c>.</param>
/// <param name="Event">As Claude Code names it, whoever the agent is: <c>SessionStart</c>, <c>UserPromptSubmit</c>, <c>Stop</c>…</param>
/// <param name="SessionId">The agent's.</param>
/// <param name="Source">Why a session starts (<c>startup</c>, <c>resume</c>, <c>clear</c>, <c>compact</c>, <c>fork</c>), or who wrote a prompt (<c>user</c>, <c>system</c>…).</param>
/// <param name="Project">The git repository around the agent's folder, or null.</param>
/// <param name="TranscriptPath">Of the session; of the subagent where one has ended.</param>
/// <param name="LastMessage">The agent's final answer, which its transcript may not hold yet.</param>
/// <param name="At">When the hook ran.</param>
public sealed record HookInput(
    string Agent, string Event, string SessionId, string? Source, string? Cwd, string? Project, string? Prompt,
    string? TranscriptPath, string? LastMessage, DateTimeOffset At);

/// <summary>Asks what an agent should know now: at the start of a session, or for a prompt. Answered by <see cref="ContextFound"/>.</summary>
public sealed record FindContext(RequestHeader Header, HookInput Hook) : IRequest;

/// <param name="Context">Text for the agent; empty: there is nothing it should know.</param>
public sealed record ContextFound(Guid RequestId, string Context) : IReply;

/// <summary>A hook has put something into the spool folder. Answered by <see cref="SpoolNoted"/> at once; the host reads it when it can.</summary>
public sealed record NoteSpool(RequestHeader Header) : IRequest;

public sealed record SpoolNoted(Guid RequestId) : IReply;
