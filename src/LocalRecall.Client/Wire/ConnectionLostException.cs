namespace LocalRecall.Client.Wire;

/// <summary>There is no connection to the host, or no longer; a new one may be tried.</summary>
internal sealed class ConnectionLostException(string message, Exception? inner = null) : Exception(message, inner);
