using Akka.Configuration;

namespace LocalRecall.Actors.Hooks;

/// <summary>How much is put before agents that have not asked.</summary>
/// <param name="MinConfidence">What is less likely to fit the prompt is left out, 0 to 1.</param>
/// <param name="MaxTokens">Of what comes with one prompt, frame included; estimated.</param>
/// <param name="SessionTokens">The same for what a session begins with.</param>
public sealed record InjectionSettings(double MinConfidence, int MaxTokens, int MaxMemories, int SessionTokens)
{
    /// <param name="config">The <c>localrecall.injection</c> part.</param>
    public static InjectionSettings From(Config config) => new(
        config.GetDouble("min-confidence"), config.GetInt("max-tokens"), config.GetInt("max-memories"), config.GetInt("session-tokens"));
}
