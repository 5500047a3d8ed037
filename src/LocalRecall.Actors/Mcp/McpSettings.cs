using Akka.Configuration;

namespace LocalRecall.Actors.Mcp;

/// <param name="MaxSessions">Facades at once.</param>
/// <param name="IdleSession">A facade that is quiet for so long ends.</param>
/// <param name="Version">What agents are told.</param>
public sealed record McpSettings(int MaxSessions, TimeSpan IdleSession, string Version)
{
    /// <summary>From <c>localrecall.mcp</c>.</summary>
    public static McpSettings From(Config config, string version) => new(config.GetInt("max-sessions"), config.GetTimeSpan("idle-session"), version);
}
