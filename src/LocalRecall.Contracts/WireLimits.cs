namespace LocalRecall.Contracts;

/// <summary>Akka.Remote drops frames over 128,000 bytes without telling the sender, so both sides check before they send.</summary>
public static class WireLimits
{
    /// <summary>Largest encoded message; leaves room for the envelope.</summary>
    public const int MaxMessageBytes = 120_000;

    /// <summary>Longest JSON-RPC message in a <see cref="Messages.McpLine"/>; leaves room for the session's opening.</summary>
    public const int MaxMcpBytes = 110_000;

    /// <summary>Texts in one <see cref="Messages.EmbedTexts"/>: 64 vectors of 384 floats fit well.</summary>
    public const int MaxEmbedTexts = 32;

    /// <summary>What this build speaks with its equals.</summary>
    public const int ProtocolVersion = 1;

    /// <summary>The oldest that it still speaks.</summary>
    public const int OldestProtocolVersion = 1;
}
