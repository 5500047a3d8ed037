namespace LocalRecall.Core.Transcripts;

/// <summary>An agent has said that it stopped, at a time.</summary>
/// <param name="LastMessage">Its final answer, which the transcript may not hold yet; null: unknown.</param>
public sealed record TurnEnd(DateTimeOffset At, string? LastMessage);

/// <summary>Where something happened.</summary>
/// <param name="Project">Absolute path, or null.</param>
/// <param name="OptedOut">Nothing that happens there may be kept.</param>
public readonly record struct TranscriptPlace(string? Project, bool OptedOut);
