namespace LocalRecall.Core.Embedding;

/// <summary>Who wants work done: one connection, or the host itself. Limits and turns are counted by it.</summary>
public readonly record struct ClientId(string Value)
{
    /// <summary>Work that no client waits for: watching, rebuilding, embedding what was left over.</summary>
    public static ClientId Host { get; } = new("host");

    public override string ToString() => Value;
}
