namespace LocalRecall.Contracts;

/// <summary>Bytes from the other side that are not a message of ours.</summary>
public sealed class WireFormatException(string message, Exception? inner = null) : Exception(message, inner);
